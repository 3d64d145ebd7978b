// The text form of a gateway credential: sbx_<id>_<secret>. The id (10 characters) is for people and for finding the
// row; the secret is 256 random bits. Both are Crockford's base32 in small letters, so a double click takes the whole
// key. Any thread.
#pragma once

#include "base/random.h"
#include "base/secret.h"

#include <QByteArrayView>
#include <QString>

namespace gateway::credential {

constexpr qsizetype kLongestKey = 256; // longer ones are not looked at

struct NewKey
{
    QString id;
    Secret key; // the whole text
};
NewKey newKey(RandomSource& random);
// The same form with another prefix: tokens and pairing codes of the admin API ("sba_", "sbp_").
NewKey newKey(RandomSource& random, QByteArrayView prefix);

// The id inside a key, empty if the text has not the form of one. Points into the key.
QByteArrayView credentialIdOf(QByteArrayView key);
QByteArrayView idOf(QByteArrayView key, QByteArrayView prefix);

} // namespace gateway::credential
