import CLinux
import CPfm
import Glibc
import Records
import Synchronization

/// libpfm4, made ready once and asked by one thread at a time, as it demands.
enum PfmLibrary {
  /// Whether `pfm_initialize` succeeded; nil until it is called.
  private static let status = Mutex<Int32?>(nil)

  /// Names of the tables for cores that fit this machine.
  static func models() -> [String] {
    (try? withLibrary { tables().filter { $0.type == PFM_PMU_TYPE_CORE && $0.is_present == 1 }.map(name) }) ?? []
  }

  /// An event of a table as the kernel takes it.
  ///
  /// Any table can be asked, not only those of this machine. Throws `EventError`.
  static func encode(_ spelling: String, model: String, countsKernel: Bool) throws -> EventTables.Encoding {
    try withLibrary {
      var attribute = perf_event_attr()
      attribute.size = UInt32(MemoryLayout<perf_event_attr>.size)
      var qualified: UnsafeMutablePointer<CChar>?
      defer { free(qualified) }
      var argument = pfm_perf_encode_arg_t()
      argument.size = MemoryLayout<pfm_perf_encode_arg_t>.size
      let levels = countsKernel ? PFM_PLM0 | PFM_PLM3 : PFM_PLM3
      let status = withUnsafeMutablePointer(to: &attribute) { attribute in
        withUnsafeMutablePointer(to: &qualified) { qualified in
          argument.attr = attribute
          argument.fstr = qualified
          return pfm_get_os_event_encoding("\(model)::\(spelling)", levels, PFM_OS_PERF_EVENT_EXT, &argument)
        }
      }
      guard status == PFM_SUCCESS, let qualified else { throw refusal(status, spelling, model) }
      return EventTables.Encoding(attribute: attribute, name: String(cString: qualified))
    }
  }

  /// Runs with the library ready and nobody else in it.
  private static func withLibrary<Result: Sendable>(_ body: () throws -> Result) throws -> Result {
    try status.withLock { status in
      if status == nil { status = initialize() }
      guard status == PFM_SUCCESS else {
        throw EventError(description: "libpfm4 cannot be made ready: \(String(cString: pfm_strerror(status ?? 0)))")
      }
      return try body()
    }
  }

  /// Asks the library to encode for processors that are not here too: it takes that from the environment alone.
  private static func initialize() -> Int32 {
    let option = "LIBPFM_ENCODE_INACTIVE"
    let wasSet = getenv(option) != nil
    setenv(option, "1", 0)
    // Programs that are started from here need not inherit it.
    defer { if !wasSet { unsetenv(option) } }
    return pfm_initialize()
  }

  // MARK: - Tables

  /// A bound on the ids of tables, ten times what libpfm4 4.13 has: a newer library may have more than its header said.
  private static let mostTables: UInt32 = 5000

  private static func tables() -> [pfm_pmu_info_t] {
    var found: [pfm_pmu_info_t] = []
    for id in 0..<mostTables {
      var information = pfm_pmu_info_t()
      information.size = MemoryLayout<pfm_pmu_info_t>.size
      let status = pfm_get_pmu_info(pfm_pmu_t(id), &information)
      if status == PFM_SUCCESS { found.append(information) }
      // Ids of other architectures answer "not supported"; the first that is no id at all ends the list.
      if status == PFM_ERR_INVAL, id > PFM_PMU_NONE.rawValue { break }
    }
    return found
  }

  private static func name(_ table: pfm_pmu_info_t) -> String { String(cString: table.name) }

  // MARK: - Refusals

  private static func refusal(_ status: Int32, _ spelling: String, _ model: String) -> EventError {
    let all = tables()
    guard let table = all.first(where: { name($0) == model }) else {
      return EventError(description: "this libpfm4 has no table \"\(model)\"; a newer one may")
    }
    let parts = spelling.split(separator: ":").map(String.init)
    let events = events(of: table)
    guard let event = events.first(where: { $0.name.lowercased() == parts.first?.lowercased() }) else {
      let asked = parts.first ?? spelling
      return EventError(
        description: "libpfm4 has no event \"\(asked)\" for \(model)" + nearest(asked, events.map(\.name)))
    }
    let attributes = attributes(of: event.index)
    if let unknown = parts.dropFirst().first(where: { part in
      !part.hasPrefix("0x") && !attributes.contains { $0.lowercased() == part.prefix { $0 != "=" }.lowercased() }
    }) {
      return EventError(
        description: "libpfm4's event \(event.name) for \(model) has no unit mask or modifier \"\(unknown)\""
          + nearest(unknown, attributes))
    }
    return EventError(
      description: "libpfm4 refuses \(model)::\(spelling): \(String(cString: pfm_strerror(status)))"
        + (status == PFM_ERR_UMASK ? "; unit masks are \(attributes.joined(separator: ", "))" : ""))
  }

  /// A table has up to a few hundred events: the nearest, and never the list.
  private static func nearest(_ name: String, _ names: [String]) -> String {
    NearestName.of(name, in: names).map { "; did you mean \"\($0)\"?" } ?? ""
  }

  private static func events(of table: pfm_pmu_info_t) -> [(name: String, index: Int32)] {
    var found: [(name: String, index: Int32)] = []
    var index = table.first_event
    while index >= 0, found.count < table.nevents {
      var information = pfm_event_info_t()
      information.size = MemoryLayout<pfm_event_info_t>.size
      if pfm_get_event_info(index, PFM_OS_PERF_EVENT_EXT, &information) == PFM_SUCCESS {
        found.append((String(cString: information.name), index))
      }
      index = pfm_get_event_next(index)
    }
    return found
  }

  private static func attributes(of event: Int32) -> [String] {
    var information = pfm_event_info_t()
    information.size = MemoryLayout<pfm_event_info_t>.size
    guard pfm_get_event_info(event, PFM_OS_PERF_EVENT_EXT, &information) == PFM_SUCCESS else { return [] }
    return (0..<information.nattrs).compactMap { index in
      var attribute = pfm_event_attr_info_t()
      attribute.size = MemoryLayout<pfm_event_attr_info_t>.size
      guard pfm_get_event_attr_info(event, index, PFM_OS_PERF_EVENT_EXT, &attribute) == PFM_SUCCESS else { return nil }
      return String(cString: attribute.name)
    }
  }
}
