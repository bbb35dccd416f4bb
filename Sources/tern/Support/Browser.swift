import Foundation

/// A browser of this machine, which can print a page: the same engine that shows it makes the PDF.
struct Browser {
  /// Chromium and those built from it, which share the flags.
  static let names = [
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge",
  ]

  /// A page of ten thousand cells takes some seconds; one that takes minutes hangs.
  private static let mostSeconds = 120.0

  let path: String

  /// Looks along PATH.
  ///
  /// - Throws: `CommandError` that says what was looked for and what else can be done.
  init() throws {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    let candidates = Self.names.flatMap { name in folders.map { "\($0)/\(name)" } }
    guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
      throw CommandError(
        "--format pdf needs a browser to print with, and none is on the PATH (looked for "
          + "\(Self.names.joined(separator: ", "))). Install one (Debian: apt-get install chromium), or write HTML and "
          + "print it from any browser.")
    }
    path = found
  }

  /// Prints a page.
  ///
  /// - Returns: The PDF.
  /// - Throws: `CommandError` with what the browser said.
  func pdf(of html: String) throws -> Data {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tern-print-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let page = folder.appendingPathComponent("page.html")
    let pdf = folder.appendingPathComponent("page.pdf")
    let log = folder.appendingPathComponent("log")
    try Data(html.utf8).write(to: page)
    try Data().write(to: log)
    let said = try FileHandle(forWritingTo: log)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    // The sandbox refuses to start for root; the page is ours and loads nothing.
    process.arguments =
      ["--headless", "--disable-gpu", "--no-first-run", "--user-data-dir=\(folder.path)/profile"]
      + (geteuid() == 0 ? ["--no-sandbox"] : [])
      + ["--no-pdf-header-footer", "--print-to-pdf=\(pdf.path)", page.absoluteString]
    process.standardOutput = said
    process.standardError = said
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let deadline = Date().addingTimeInterval(Self.mostSeconds)
    while process.isRunning, Date() < deadline { usleep(20_000) }
    if process.isRunning {
      process.terminate()
      throw CommandError("\(path) did not print the page within \(Int(Self.mostSeconds)) s; write HTML and print it")
    }
    guard process.terminationStatus == 0, let data = try? Data(contentsOf: pdf), !data.isEmpty else {
      let words = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
      throw CommandError(
        "\(path) could not print the page (status \(process.terminationStatus)): \(words.suffix(500)); write HTML "
          + "and print it from any browser")
    }
    return data
  }
}
