import Foundation

/// Calibrations of this machine, kept between runs in one JSON file.
///
/// A file that cannot be read or written costs a new calibration, nothing else.
public struct CalibrationStore: Sendable {
  /// The file; nil where there is no place for one.
  public let path: String?

  /// `$XDG_CACHE_HOME/tern/calibration.json`, or the same below `~/.cache`.
  public static var standard: CalibrationStore {
    let environment = ProcessInfo.processInfo.environment
    let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 + "/.cache" : nil }
    // The specification says that a relative path is to be ignored.
    let folder = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home
    return CalibrationStore(path: folder.map { $0 + "/tern/calibration.json" })
  }

  /// Keeps calibrations in a file.
  public init(path: String?) { self.path = path }

  /// The file's content: calibrations by key, and the version of the form.
  private struct Content: Codable {
    var version = 1
    var calibrations: [String: Calibration] = [:]
  }

  /// The calibration under a key, if there is one.
  public func calibration(_ key: String) -> Calibration? { content().calibrations[key] }

  /// Keeps a calibration; gives the path, or nil when it could not be written.
  @discardableResult
  public func keep(_ calibration: Calibration, as key: String) -> String? {
    guard let path else { return nil }
    var content = content()
    content.calibrations[key] = calibration
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      let folder = (path as NSString).deletingLastPathComponent
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try encoder.encode(content).write(to: URL(fileURLWithPath: path), options: .atomic)
      return path
    } catch {
      return nil
    }
  }

  private func content() -> Content {
    guard let path, let data = FileManager.default.contents(atPath: path),
      let content = try? JSONDecoder().decode(Content.self, from: data), content.version == Content().version
    else { return Content() }
    return content
  }
}
