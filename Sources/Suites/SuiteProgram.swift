/// Another program that cells are given to: llama-bench of llama.cpp or of one of its forks, or any command.
public struct SuiteProgram: Sendable, Equatable {
  /// How a program is spoken to.
  public enum Kind: String, Sendable, CaseIterable {
    /// llama-bench's options go in and its JSON comes out.
    case llamaBench = "llama-bench"
    /// A command line with placeholders goes in, and a regular expression finds what came out.
    case command
  }

  /// The unit in which a command prints a time.
  public enum TimeUnit: String, Sendable, CaseIterable {
    case nanoseconds = "ns"
    case microseconds = "us"
    case milliseconds = "ms"
    case seconds = "s"

    /// How many nanoseconds one of them is.
    public var inNanoseconds: Double {
      switch self {
      case .nanoseconds: 1
      case .microseconds: 1e3
      case .milliseconds: 1e6
      case .seconds: 1e9
      }
    }
  }

  /// A place in a command that each cell fills in: "{threads}".
  public enum Placeholder: String, Sendable, CaseIterable {
    case threads, prompt, generate, depth, repetitions, model
    /// The CPUs of the cell's threads as taskset(1) and numactl(8) take them: "0,2,4".
    case cpus

    /// As a command spells it.
    public var spelling: String { "{\(rawValue)}" }
  }

  /// Unique in the suite; tables show it where a kernel stands.
  public var name: String
  /// How it is spoken to.
  public var kind: Kind
  /// The llama-bench to run: a path, or a name that is looked for in PATH; nil stands for "llama-bench".
  public var path: String?
  /// The model file that it is given; nil for the GGUF files that the case names.
  public var model: String?
  /// Further options of llama-bench, such as "-fa", "1".
  public var arguments: [String]
  /// The command line of a `command`, program first, with placeholders.
  public var command: [String]
  /// A regular expression whose one group is tokens per second.
  public var rate: String?
  /// A regular expression whose one group is the time of the work.
  public var time: String?
  /// The unit of `time`.
  public var timeUnit: TimeUnit
  /// A regular expression for the line behind which the measured work begins; nil where the program does not say.
  public var begins: String?
  /// A run that takes longer has hung.
  public var timeoutSeconds: Double
  /// The model of Tern's that its model is equal to, as `models` spells one; nil for the case's own.
  public var shape: String?
  /// How the output head of its model file is stored, where the file cannot tell.
  public var head: String?

  /// Makes a program; what is left out takes the suite format's defaults.
  public init(
    name: String, kind: Kind, path: String? = nil, model: String? = nil, arguments: [String] = [],
    command: [String] = [], rate: String? = nil, time: String? = nil, timeUnit: TimeUnit = SuiteDefaults.timeUnit,
    begins: String? = nil, timeoutSeconds: Double = SuiteDefaults.timeoutSeconds, shape: String? = nil,
    head: String? = nil
  ) {
    self.name = name
    self.kind = kind
    self.path = path
    self.model = model
    self.arguments = arguments
    self.command = command
    self.rate = rate
    self.time = time
    self.timeUnit = timeUnit
    self.begins = begins
    self.timeoutSeconds = timeoutSeconds
    self.shape = shape
    self.head = head
  }

  /// Whether the command has a place for something.
  public func mentions(_ placeholder: Placeholder) -> Bool {
    command.contains { $0.contains(placeholder.spelling) }
  }
}
