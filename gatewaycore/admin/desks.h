// Desks: the parts of the engine's view that belong to one noun each, so that a noun can grow without the others' code
// being read or built again. Each desk is an interface of its own, in a header of its own; the engine fills in the
// desks it has, a test fills in those it asks about. An empty desk answers 404 with "is not kept here". Thread:
// control, like EngineView; pointers live as long as the view.
#pragma once

namespace gateway::admin {

class ConfigDesk;  // drafts, checks, differences, promotion, history (config_desk.h)
class RolloutDesk; // canary (rollout_desk.h)
class ReplayDesk;  // what-if over the record (replay_desk.h)
class ChainDesk;   // the tamper-evident log, receipts, evidence (chain_desk.h)
class PrivacyDesk; // zone proofs, zone records, audits, reach of keys (privacy_desk.h)
class ContentDesk; // kept content and break-glass (content_desk.h)

struct Desks
{
    ConfigDesk* config = nullptr;
    RolloutDesk* rollout = nullptr;
    ReplayDesk* replay = nullptr;
    ChainDesk* chain = nullptr;
    PrivacyDesk* privacy = nullptr;
    ContentDesk* content = nullptr;
};

} // namespace gateway::admin
