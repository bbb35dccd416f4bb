import Foundation

/// Numbers in sentences.
enum Prose {
  /// "p = 0.013", "p < 0.0001".
  static func probability(_ p: Double) -> String {
    p < 0.0001 ? "p < 0.0001" : "p = \(String(format: "%.2g", p))"
  }
}
