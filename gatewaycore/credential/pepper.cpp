#include "credential/pepper.h"

#include "base/key_file.h"

namespace gateway::credential {

api::Result<Secret> loadPepper(const QString& directory, bool mayCreate, RandomSource& random)
{
    return loadKeyFile(directory + QStringLiteral("/pepper"),
        {"pepper", "there are credentials that were made with it"}, mayCreate, random);
}

} // namespace gateway::credential
