import Foundation
import Records

/// `Results/<machine>/<time>-<suite>-<commit>.json`: machines keep apart, so folders of several machines merge by
/// being copied into one.
struct ResultsFolder {
  let path: String

  /// The path of a new record, its folder made, `machine.json` beside it.
  func place(for record: RunRecord) throws -> String {
    let folder = "\(path)/\(record.machine.name)"
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      try OutputFile.write(try encoder.encode(record.machine), to: "\(folder)/machine.json")
    } catch let error as CommandError {
      throw CommandError("\(error) Records need a folder that can be written: choose another than \(path).")
    }
    return unused("\(folder)/\(record.id)")
  }

  /// Two runs may start in the same second; neither may overwrite the other.
  private func unused(_ stem: String) -> String {
    var candidate = "\(stem).json"
    var number = 2
    while FileManager.default.fileExists(atPath: candidate) {
      candidate = "\(stem)-\(number).json"
      number += 1
    }
    return candidate
  }

  /// The newest record of any machine: names begin with the time.
  func latest() throws -> String {
    let records = all()
    guard let newest = records.max(by: { name($0) < name($1) }) else {
      throw CommandError("no record under \(path); make one with: tern run demo")
    }
    return newest
  }

  /// Every record under the folder, sorted by name.
  ///
  /// Machine descriptions and published tables are no records, and baselines are copies that have a name of their own.
  func all() -> [String] {
    let machines = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    return machines.filter { $0 != "published" && $0 != Self.baselines }.flatMap { machine -> [String] in
      let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(machine)")) ?? []
      return files.filter { $0.hasSuffix(".json") && $0 != "machine.json" }.sorted().map { "\(path)/\(machine)/\($0)" }
    }
  }

  /// Paths as given, with `latest` resolved; nothing given means the latest.
  func resolve(_ records: [String]) throws -> [String] {
    try (records.isEmpty ? ["latest"] : records).map { $0 == "latest" ? try latest() : $0 }
  }

  private func name(_ path: String) -> String { (path as NSString).lastPathComponent }
}
