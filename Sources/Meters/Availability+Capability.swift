import Machine

extension Availability {
  /// What the machine allows, as a meter that reads it says it.
  init(_ capability: Capability) {
    switch capability {
    case .usable: self = .available
    case .unusable(let reason, let fix): self = .unavailable(reason: reason, fix: fix)
    }
  }

  /// What a meter says whose reading is not built: the machine's own obstacle where there is one, since that is what
  /// has to be removed first, and else that the program is what is missing.
  init(notBuilt what: String, _ capability: Capability) {
    switch capability {
    case .unusable(let reason, let fix): self = .unavailable(reason: reason, fix: fix)
    case .usable(let found):
      self = .unavailable(
        reason: "this machine allows it (\(found)), but this version of Tern does not read \(what) yet",
        fix: "nothing has to be changed on this machine; a later version of Tern will read \(what)")
    }
  }
}
