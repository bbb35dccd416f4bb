import Dispatch
import Foundation
import Records
import Reports

// What a page of ten thousand cells costs: seconds to render, bytes to keep. `make bench-report` prints it.
//
// With `--pages FOLDER` it writes one page of each kind instead, from the same invented records, for `make test-browser`.

/// The goals: a page that is made while one waits, and that can be attached to a message.
let goalSeconds = 1.0
let goalBytes = 3_000_000
/// The best of so many: a shared machine is slow at times, and never fast.
let rounds = 5

/// 25 models, 8 kernels, 10 numbers of threads, 5 phases.
func large() throws -> RunRecord {
  var run = SyntheticRecords()
  run.models = (1...25).map { (String("model-\($0)"), 100_000_000 * $0) }
  run.kernels = ["f16", "naive", "simd", "lut", "tiled", "dot", "sum", "new"].enumerated().map {
    ($1, "avx2", 1 + Double($0) / 3)
  }
  run.threads = Array(1...10)
  run.phases = ["tg32", "tg128", "pp64", "pp512", "tg128@d1024"]
  return try run.record()
}

/// Three machines, one with another suite's record beside it, and a model that is not the same everywhere.
func machines() throws -> [RunRecord] {
  var records = try SyntheticRecords.hosts.map { host in
    var run = SyntheticRecords()
    run.host = host
    return try run.record()
  }
  var other = SyntheticRecords()
  other.suite = "another"
  records.append(try other.record())
  return records
}

/// Two levels up and down: commits of 60 days, one machine of two with a change.
func history() throws -> [RunRecord] {
  try SyntheticRecords.hosts.prefix(2).flatMap { host in
    try (0..<36).map { day in
      var run = SyntheticRecords()
      run.host = host
      run.day = day
      run.seed = UInt64(day + 1)
      run.commit = String(format: "%07x", 0xabc0000 + day / 2)
      run.factor = host.cores == 8 ? (day < 14 ? 1 : day < 26 ? 1.07 : 1.03) : 1
      return try run.record()
    }
  }
}

func pages() throws -> [(name: String, page: String)] {
  let prices = EnergyPrices(price: .init(perKWh: 0.3, currency: "EUR"), carbonGPerKWh: 400)
  var silent = SyntheticRecords()
  silent.host = SyntheticRecords.hosts[2]
  let problem = PageProblem(subject: "cut.json", reason: "An invented record that could not be read.")
  let one = try SyntheticRecords().record()
  return [
    ("run", try ReportPage.render(records: [one], command: ["tern", "report"])),
    ("machines", try ReportPage.render(records: machines(), command: ["tern", "report"], problems: [problem])),
    ("energy", try EnergyPage.render(records: [one], prices: prices, command: ["tern", "report", "--energy"])),
    (
      "energy-absent",
      try EnergyPage.render(records: [try silent.record()], prices: EnergyPrices(), command: ["tern", "report"])
    ),
    ("history", try HistoryPage.render(records: history(), command: ["tern", "report", "--history"])),
    ("cells", try ReportPage.render(records: [try large()], command: ["tern", "report"])),
  ]
}

func measure() throws {
  let record = try large()
  var best = Double.infinity
  var bytes = 0
  for _ in 0..<rounds {
    let start = DispatchTime.now().uptimeNanoseconds
    bytes = try ReportPage.render(records: [record], command: ["tern", "report"]).utf8.count
    best = min(best, Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9)
  }
  print("cells     seconds   of goal        bytes   of goal")
  print(
    String(
      format: "%-8d %8.3f %8.2f× %12d %8.2f×", record.cells.count, best, best / goalSeconds, bytes,
      Double(bytes) / Double(goalBytes)))
  print("the best of \(rounds) renderings; the goals are \(goalSeconds) s and \(goalBytes) bytes")
}

do {
  let arguments = CommandLine.arguments.dropFirst()
  if arguments.first == "--pages", let folder = arguments.dropFirst().first {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, page) in try pages() {
      try Data(page.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name).html"))
    }
  } else {
    try measure()
  }
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}
