/// Whether counts of a loop of known length can be true.
///
/// Some hypervisors let counters be opened that then stay at zero, count another guest, or count something else.
public enum CounterPlausibility {
  /// Iterations of the loop: some milliseconds, beside which an interrupt's few thousand instructions vanish.
  public static let iterations: UInt64 = 4_000_000

  /// Beyond this, the instructions counted are not those of the loop.
  static let tolerance = 0.01

  /// Instructions per cycle that a core can have: it retires a few at once (the widest of today ten), and even one that
  /// another thread or a hypervisor takes turns with is not twenty times slower than its clock in a loop of registers.
  static let perCycle = 0.05...12

  /// What is wrong with the counts of `expected` instructions, in words; nil where nothing is.
  ///
  /// An `expected` of 0 says that nobody knows how many there were.
  public static func problem(instructions: UInt64, cycles: UInt64, expected: UInt64) -> String? {
    if instructions == 0 || cycles == 0 {
      return "\(instructions == 0 ? "instructions" : "cycles") stay at zero over a loop that takes millions"
    }
    if expected > 0 {
      let error = abs(Double(instructions) - Double(expected)) / Double(expected)
      if error > tolerance {
        return "a loop of \(expected) instructions was counted as \(instructions)"
      }
    }
    if !perCycle.contains(Double(instructions) / Double(cycles)) {
      return "\(instructions) instructions in \(cycles) cycles are impossible"
    }
    return nil
  }
}
