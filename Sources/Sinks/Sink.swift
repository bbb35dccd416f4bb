import Foundation
import Records

/// Records in, bytes out.
///
/// A sink never measures, sorts, rounds away what a later reader could want, or reads the machine: the same records
/// give the same bytes everywhere.
public protocol Sink: Sendable {
  /// What a command line calls it: "csv".
  static var name: String { get }
  /// The ending of its files, without the dot.
  static var fileExtension: String { get }
  /// One sentence for help texts.
  static var summary: String { get }
  /// Makes a sink; it has no settings.
  init()
  /// Writes the records, in the order given. No records give a valid, empty document.
  func render(_ records: [RunRecord]) throws -> Data
}
