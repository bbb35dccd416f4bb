import Foundation
import Records

/// Keeps the record on disk whole at all times: written before the first cell, after every repetition, at the end.
///
/// A write that fails (a full disk) loses nothing: the file of before stands, the record stays in memory, the next
/// write tries again, and `close` falls back to the temporary folder.
public final class Journal {
  /// Where the record lives; nil for runs that keep none.
  public let path: String?
  /// The last write's failure, while the file is behind.
  public private(set) var failure: String?

  /// Opens a journal and writes the record, so that a folder that cannot be written is found before anything is run.
  ///
  /// - Throws: the codec's error, naming the path.
  public init(path: String?, record: RunRecord) throws {
    self.path = path
    guard let path else { return }
    // A name without a folder lies where the user stands.
    let folder = (path as NSString).deletingLastPathComponent
    if !folder.isEmpty { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
    try RecordFile.write(record, to: path)
  }

  /// Brings the file up to date.
  ///
  /// - Returns: a message when that fails for the first time in a row.
  public func save(_ record: RunRecord) -> String? {
    guard let path else { return nil }
    do {
      try RecordFile.write(record, to: path)
      failure = nil
      return nil
    } catch {
      let isNews = failure == nil
      failure = "\(error)"
      return isNews ? "cannot write \(path) (\(error)); results are kept in memory and the write is tried again" : nil
    }
  }

  /// Writes the final state; when the place it belongs to cannot take it, to the temporary folder.
  ///
  /// - Returns: the path that holds the record, nil when none was asked for.
  /// - Throws: when neither place can be written.
  public func close(_ record: RunRecord) throws -> String? {
    guard let path else { return nil }
    do {
      try RecordFile.write(record, to: path)
      failure = nil
      return path
    } catch {
      failure = "\(error)"
      let rescue = FileManager.default.temporaryDirectory.appendingPathComponent((path as NSString).lastPathComponent)
      try RecordFile.write(record, to: rescue.path)
      return rescue.path
    }
  }
}
