import Records

extension Check {
  /// What a look at the machine gave.
  struct Verdict: Sendable, Equatable {
    /// Whether there is something to say.
    enum State: Sendable { case fine, concern, unknown }

    let state: State
    /// What was seen, in words.
    let detail: String
    /// What to do on this machine, where that is more than the check's own `fix`.
    var fix: String?
    /// How much it weighs this time, where that is less than the check's own severity.
    var severity: Severity?
    /// The numbers behind the words, by names that end in their unit.
    var measured: [String: Double] = [:]

    /// Nothing to say.
    static func fine(_ detail: String, _ measured: [String: Double] = [:]) -> Verdict {
      Verdict(state: .fine, detail: detail, measured: measured)
    }

    /// The threshold is crossed.
    static func concern(
      _ detail: String, fix: String? = nil, severity: Severity? = nil, _ measured: [String: Double] = [:]
    ) -> Verdict {
      Verdict(state: .concern, detail: detail, fix: fix, severity: severity, measured: measured)
    }

    /// The machine does not say.
    static func unknown(_ detail: String) -> Verdict { Verdict(state: .unknown, detail: detail) }
  }
}
