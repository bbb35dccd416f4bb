import ArgumentParser
import Foundation
import Harness
import Machine
import Meters
import Records
import Suites

/// `tern measure -- COMMAND`: any program under the meters of this harness.
struct MeasureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Run any program unchanged and say what it took: time, memory, events, energy.",
    usage: "tern measure [options] -- COMMAND [ARGUMENT ...]",
    discussion: """
      Standard input, output and error are the program's; the report goes to standard error behind it, or to -o FILE. \
      SIGINT, SIGTERM, SIGHUP and SIGQUIT are passed on. The exit status is the program's, 128 + signal when one ended \
      it, 126 or 127 when it cannot be run, 6 when a meter that --meters names cannot be read. With -r, a repetition \
      that fails is the last. Energy is that of the whole machine while the program ran.
      """)

  @Option(
    help: ArgumentHelp(
      "Meters, comma-separated: \(MeterCatalog.ids.joined(separator: ", ")).",
      discussion: "Default: all that can be read. One that is named and cannot be read ends the command."))
  var meters: [String] = []

  @Option(
    help: ArgumentHelp(
      "Groups of hardware events, comma-separated: see tern list counters.",
      discussion: "Default: ipc. Several take turns on the hardware; their counts are then parts of the run."))
  var counters: [String] = []

  @Option(
    help: "Measure idle power this many seconds before and after (30 or more), and show energy above idle beside gross."
  )
  var baseline: Double?

  @Option(name: [.customShort("r"), .long], help: "Repetitions.")
  var repetitions = 1

  @Flag(help: "One JSON object in place of the text.")
  var json = false

  @Option(name: [.customShort("o"), .long], help: "Write the report to this file instead of standard error.")
  var output: String?

  @Option(help: "Colour: auto, always or never. NO_COLOR is respected.")
  var color: ColorChoice = .auto

  @Argument(parsing: .postTerminator, help: "The program and its arguments, behind --.")
  var command: [String] = []

  func validate() throws {
    if command.isEmpty { throw ValidationError("no program: name one behind --, as in tern measure -- sleep 1") }
    if repetitions < 1 { throw ValidationError("-r \(repetitions): at least 1 repetition is needed") }
    if let baseline, !(baseline > 0 && baseline <= 3600) {
      throw ValidationError("--baseline \(baseline): more than 0 and at most 3600 seconds")
    }
    for meter in CommaList.items(meters) where !MeterCatalog.ids.contains(meter) {
      throw ValidationError("--meters \(meter): meters are \(MeterCatalog.ids.joined(separator: ", "))")
    }
  }

  func run() throws {
    let program: Program
    do { program = try Program(command) } catch {
      Console.note("\(error)")
      throw ExitCode(error.exitStatus)
    }
    if let output { try OutputFile.requireWritable(output) }
    let machine = Machine()
    let stack = CommandStack(machine: machine, ids: ids, counterGroups: try counterGroups())
    try requireMeters(stack)
    var windows: [MeasureView.Window] = []
    var idle: [IdlePowerRecord] = []
    do {
      idle += [try idlePower(stack, .before)].compactMap { $0 }
      try repeatRuns(of: program, stack: stack, into: &windows)
      // Whoever stops the program does not want to wait.
      if windows.last?.seen.signal == nil { idle += [try idlePower(stack, .after)].compactMap { $0 } }
    } catch let error as ProgramError {
      Console.note("\(error)")
      throw ExitCode(error.exitStatus)
    }
    if baseline != nil {
      let cpus = machine.record(isa: []).cpu.cpusOnline
      for index in windows.indices {
        windows[index].seen.addNet(
          before: idle.first { $0.moment == .before }, after: idle.first { $0.moment == .after }, cpus: cpus)
      }
    }
    try report(
      MeasureView(command: command, machine: machine, meters: stack.records, windows: windows, idlePower: idle))
    guard let last = windows.last else { return }
    if last.seen.end.exitStatus != 0 { throw ExitCode(last.seen.end.exitStatus) }
    // The program took a signal to stop as its leave to end well; whoever sent it wants no further repetition.
    if let signal = last.seen.signal { throw ExitCode(128 + signal) }
  }

  private func repeatRuns(of program: Program, stack: CommandStack, into windows: inout [MeasureView.Window]) throws {
    for _ in 0..<repetitions {
      let startedAt = Timestamp.now()
      let seen = try stack.measure(program)
      windows.append(MeasureView.Window(startedAt: startedAt, seen: seen))
      if seen.signal != nil || seen.end.exitStatus != 0 { return }
    }
  }

  // MARK: - Meters

  /// The meters that the flags name.
  private var named: Set<String> {
    Set(CommaList.items(meters)).union(counters.isEmpty ? [] : ["counters"]).union(baseline == nil ? [] : ["energy"])
  }

  /// The meters to take: all, unless --meters names some.
  private var ids: Set<String> { meters.isEmpty ? Set(MeterCatalog.ids) : named }

  private func counterGroups() throws -> [CounterGroup] {
    guard ids.contains("counters") else { return [] }
    do {
      return try CounterGroupLibrary.load(counters.isEmpty ? SuiteDefaults.counters : CommaList.items(counters))
    } catch let error as SuiteError {
      throw ValidationError(error.message)
    }
  }

  private func requireMeters(_ stack: CommandStack) throws {
    let missing = stack.records.filter { named.contains($0.id) && !$0.available }
    guard !missing.isEmpty else { return }
    for meter in missing {
      Console.note("\(meter.id) cannot be read: \(meter.reason ?? "").\(meter.fix.map { " Fix: \($0)" } ?? "")")
    }
    throw ExitStatus.notPermitted
  }

  private func idlePower(_ stack: CommandStack, _ moment: IdlePowerRecord.Moment) throws -> IdlePowerRecord? {
    guard let baseline else { return nil }
    return try stack.idlePower(seconds: baseline, moment: moment, startedAt: Timestamp.now())
  }

  private func report(_ view: MeasureView) throws {
    let style = output == nil ? color.stderr : Style(isOn: color == .always)
    let text =
      json ? try Console.jsonText(view.object) + "\n" : view.render(width: Console.stderrWidth, style: style)
    if let output { return try OutputFile.write(Data(text.utf8), to: output) }
    Console.raw(text)
  }
}
