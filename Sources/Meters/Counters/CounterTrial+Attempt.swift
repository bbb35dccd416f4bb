import CLinux
import Machine

extension CounterTrial {
  /// What the kernel made of a group.
  enum Answer: Equatable {
    case counts
    /// perf_event_open(2) failed with this errno on this event.
    case refused(Int32, event: String)
    /// Instructions and cycles were counted over a known loop, and cannot be true.
    case implausible(String)
  }

  /// Opens a group for the calling thread as a window would, checks its counts where the truth is known, closes it.
  func attempt(_ planned: CounterPlan.Group) -> Answer {
    var sets: [CounterSet] = []
    for unit in planned.units {
      do {
        sets.append(try CounterSet(unit, of: 0, opening: .pinnedGroup, kernel: kernel))
      } catch {
        return .refused(error.number, event: error.event)
      }
    }
    guard let instructions = planned.names.firstIndex(of: "instructions"),
      let cycles = planned.names.firstIndex(of: "cycles")
    else { return .counts }
    // A host that takes the CPU away in the middle, or an interrupt of many instructions, does not happen three times.
    var problem: String?
    for _ in 0..<3 {
      problem = check(sets, instructions: instructions, cycles: cycles)
      if problem == nil { return .counts }
    }
    return problem.map(Answer.implausible) ?? .counts
  }

  /// Counts the loop once; the problem in words.
  private func check(_ sets: [CounterSet], instructions: Int, cycles: Int) -> String? {
    let before = sets.map { $0.values() }
    guard sets.allSatisfy({ kernel.enable($0.leader) }) else { return "a group could not be enabled" }
    let expected = clinux_counted_loop(CounterPlausibility.iterations)
    for set in sets { _ = kernel.disable(set.leader) }
    var counted = (instructions: UInt64(0), cycles: UInt64(0))
    for (set, before) in zip(sets, before) {
      guard case .success(let before) = before, case .success(let after) = set.values() else {
        return "a group that was opened is never on the hardware: something else holds the counters"
      }
      counted.instructions &+= after[instructions].count &- before[instructions].count
      counted.cycles &+= after[cycles].count &- before[cycles].count
    }
    // Without a loop of known length there is still "at all".
    return CounterPlausibility.problem(
      instructions: counted.instructions, cycles: counted.cycles, expected: expected)
  }
}
