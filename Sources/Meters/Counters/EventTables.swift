import CLinux

/// What is known of hardware events by name: which tables fit this machine, and how an event is asked of the kernel.
///
/// A value with closures, so that a test can stand any processor in place of this one.
struct EventTables: Sendable {
  /// An event as perf_event_open(2) takes it.
  struct Encoding: Sendable {
    /// All fields that the event decides; the rest is zero.
    var attribute: perf_event_attr
    /// The fully qualified name, with every modifier spelled out.
    var name: String
  }

  /// Names of the tables that fit the cores of this machine: "spr", "amd64_fam19h_zen4"; two on a hybrid processor.
  let models: @Sendable () -> [String]
  /// Looks an event up in a table; `countsKernel` says whether it counts in the kernel too.
  let encode: @Sendable (_ model: String, _ spelling: String, _ countsKernel: Bool) throws -> Encoding

  /// libpfm4's.
  static let live = EventTables(
    models: { PfmLibrary.models() },
    encode: { model, spelling, countsKernel in
      try PfmLibrary.encode(spelling, model: model, countsKernel: countsKernel)
    })
}

/// libpfm4 does not take an event: which, and why, with the nearest name that it has.
struct EventError: Error, CustomStringConvertible, Equatable {
  let description: String
}
