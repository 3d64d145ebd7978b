#!/usr/bin/python3
"""Makes the two font families that the console ships, from Debian's fonts-inter and fonts-jetbrains-mono.

Qt 6.4 cannot switch OpenType features, so what the console needs is frozen into the files:
  Signalbox Sans  = Inter with tabular figures as its plain digits (live numbers must not jump)
  Signalbox Mono  = JetBrains Mono without ligatures (an id or a line of code must show the characters it has)
Both are renamed, because Qt would otherwise resolve to a copy installed on the machine, which lacks the change.

Usage: apt-get install python3-fonttools fonts-inter fonts-jetbrains-mono; /usr/bin/python3 resources/fonts/freeze.py
The results are committed; the build does not run this.
"""
import pathlib

from fontTools.ttLib import TTFont

HERE = pathlib.Path(__file__).resolve().parent
INTER = pathlib.Path('/usr/share/fonts/opentype/inter')
MONO = pathlib.Path('/usr/share/fonts/truetype/jetbrains-mono')
# What an adapted digit run contains beside digits: signs and separators keep the width of the figures they stand between.
TABULAR = '0123456789'


def substitutions(font, tag):
    """The single substitutions of a GSUB feature: glyph name -> glyph name."""
    gsub = font['GSUB'].table
    found = {}
    for record in gsub.FeatureList.FeatureRecord:
        if record.FeatureTag != tag:
            continue
        for index in record.Feature.LookupListIndex:
            for table in gsub.LookupList.Lookup[index].SubTable:
                found.update(getattr(getattr(table, 'ExtSubTable', table), 'mapping', {}))
    return found


def rename(font, family, style):
    postscript = family.replace(' ', '') + '-' + style
    for name in font['name'].names:
        if name.nameID in (1, 16):
            name.string = family
        elif name.nameID == 4:
            name.string = f'{family} {style}'
        elif name.nameID in (3, 6):
            name.string = postscript
    if 'CFF ' in font:
        cff = font['CFF '].cff
        cff.fontNames[0] = postscript
        cff.topDictIndex[0].FamilyName = family
        cff.topDictIndex[0].FullName = f'{family} {style}'


def freeze_tabular(source, target, style):
    font = TTFont(source)
    tabular = substitutions(font, 'tnum')
    for table in font['cmap'].tables:
        for code, glyph in list(table.cmap.items()):
            if glyph in tabular and chr(code) in TABULAR:
                table.cmap[code] = tabular[glyph]
    rename(font, 'Signalbox Sans', style)
    font.save(target)


def drop_ligatures(source, target, style):
    font = TTFont(source)
    gsub = font['GSUB'].table
    for record in gsub.FeatureList.FeatureRecord:
        if record.FeatureTag in ('calt', 'liga', 'clig', 'dlig'):
            record.Feature.LookupListIndex = []
            record.Feature.LookupCount = 0
    rename(font, 'Signalbox Mono', style)
    font.save(target)


if __name__ == '__main__':
    for style in ('Regular', 'Medium', 'SemiBold', 'Bold'):
        freeze_tabular(INTER / f'Inter-{style}.otf', HERE / f'SignalboxSans-{style}.otf', style)
    for style in ('Regular', 'Bold'):
        drop_ligatures(MONO / f'JetBrainsMono-{style}.ttf', HERE / f'SignalboxMono-{style}.ttf', style)
