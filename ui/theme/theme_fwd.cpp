// replaced by the theme room
