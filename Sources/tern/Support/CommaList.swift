import Foundation

/// Repeated flags and comma-separated values are one list: `-t 1,2 -t 4`.
enum CommaList {
  /// The items, without the spaces around them and without empty ones.
  static func items(_ values: [String]) -> [String] {
    values.flatMap { $0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } }.filter { !$0.isEmpty }
  }
}
