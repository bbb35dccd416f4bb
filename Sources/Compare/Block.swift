import Foundation
import Records

/// The values of one metric in four processes that ran one after another: two of the base, two of the head.
public struct Block: Sendable, Equatable {
  /// The base's values, in the order in which they were measured.
  public let base: [Double]
  /// The head's values, in the order in which they were measured.
  public let head: [Double]
  /// The order of the processes.
  public let order: BlockOrder
  /// Ids of the warnings of severity veto that any of the processes gave: a block with one is dropped.
  public let vetoes: [String]

  /// Makes a block; a value that was not measured is left out, and the block then is dropped.
  public init(base: [Double], head: [Double], order: BlockOrder, vetoes: [String] = []) {
    self.base = base
    self.head = head
    self.order = order
    self.vetoes = vetoes
  }

  /// ln head − ln base, each the mean of its two values: the contrast dᵢ.
  ///
  /// Nil where a value is missing or has no logarithm.
  var contrast: Double? {
    guard base.count == 2, head.count == 2 else { return nil }
    for value in base where !(value > 0 && value.isFinite) { return nil }
    for value in head where !(value > 0 && value.isFinite) { return nil }
    return (log(head[0]) + log(head[1]) - log(base[0]) - log(base[1])) / 2
  }

  /// Why the block does not count; empty where it does.
  ///
  /// `needsLogarithm`: whether its values must be positive.
  func reasonsToDrop(needsLogarithm: Bool) -> [String] {
    guard vetoes.isEmpty else { return vetoes }
    guard base.count == 2, head.count == 2 else { return ["not measured in all four processes"] }
    if contrast != nil { return [] }
    guard (base + head).allSatisfy({ $0.isFinite && $0 >= 0 }) else { return ["a value is negative or not finite"] }
    return needsLogarithm ? ["a value of 0 has no ratio to another"] : []
  }
}
