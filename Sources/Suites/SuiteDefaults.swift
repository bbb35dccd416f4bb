/// What holds where a suite says nothing.
public enum SuiteDefaults {
  /// Drift and noisy neighbours then hit all cells alike.
  public static let order = Suite.Order.interleaved
  /// Any number would do; a fixed one makes two runs of a suite take the same order.
  public static let seed: UInt64 = 1
  /// Every meter: those that cannot be read are recorded with the reason.
  public static let meters = ["*"]
  /// Cycles and instructions fit every processor's counters at once, so that they cost no further window.
  public static let counters = ["ipc"]
  /// What a mean power needs to be known to a percent on a machine that is never quite idle; only spent where energy
  /// can be read.
  public static let baselineSeconds = 30.0
  /// As the models were trained and as the papers' programs keep them.
  public static let cacheFormat = "f32"
  /// One thread per physical core: what a user would choose, and the fastest on most machines.
  public static let threads = ["all"]
  /// Threads that stay where they are repeat better.
  public static let placements = ["pinned"]
  /// llama-bench's.
  public static let repetitions = 5
  /// Long enough that a clock tick, an interrupt or the meters' own cost (microseconds) are far below 0.1 %.
  public static let minTimeSeconds = 0.5
  /// Warm-up ends earlier when two runs agree.
  public static let warmup = 2
  /// Times are most often printed in seconds.
  public static let timeUnit = SuiteProgram.TimeUnit.seconds
  /// Of one run of another program: longer than loading and warming up the largest models takes.
  public static let timeoutSeconds = 600.0
  /// None: a cool-down helps where the machine throttles, and costs time everywhere else.
  public static let cooldownSeconds = 0.0
}
