import ArgumentParser
import Foundation
import Machine

/// `tern tune`: what of this machine can be set for measuring, and setting it for as long as it is needed.
struct TuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Show what can be set for measuring, set it, and put it back.",
    usage: """
      tern tune [--json]
      tern tune --apply [ID ...] [-- COMMAND ...]
      tern tune --restore
      """,
    discussion: """
      Without flags nothing is written. --apply sets what does not stand as it should (or only the settings named) \
      and writes the old values to a journal first; --restore puts them back, also after a crash. With -- COMMAND the \
      settings hold while the command runs. Nothing outlives a reboot.

        tern tune
        sudo tern tune --apply governor turbo -- tern run demo
        sudo tern tune --restore
      """)

  @Flag(help: "Set what does not stand as it should.")
  var apply = false

  @Flag(help: "Put back what the journal of this boot says.")
  var restore = false

  @Argument(help: ArgumentHelp("Settings to apply, by id (default: all); behind --, a command.", valueName: "id"))
  var words: [String] = []

  @Flag(help: "The settings as JSON (schema 1).")
  var json = false

  @OptionGroup var roots: RootOptions
  @OptionGroup var options: OutputOptions

  /// What stands behind "--", which the parser takes for more ids.
  private var command: [String] {
    let arguments = CommandLine.arguments
    return arguments.firstIndex(of: "--").map { Array(arguments[($0 + 1)...]) } ?? []
  }

  private var ids: [String] { words.dropLast(command.count) }

  func validate() throws {
    if apply && restore { throw ValidationError("--apply and --restore exclude each other") }
    if !apply && !ids.isEmpty { throw ValidationError("\(ids[0]): settings are named after --apply") }
    if !apply && !command.isEmpty { throw ValidationError("-- \(command[0]): a command needs --apply") }
    if json && (apply || restore) {
      throw ValidationError("--json shows settings; it goes without --apply and --restore")
    }
  }

  func run() throws {
    let machine = try roots.machine()
    do {
      if restore { return try restoreSettings(Tuner(machine: machine)) }
      if apply { return try applySettings(Tuner(machine: machine)) }
    } catch let error as TuneError {
      throw CommandError("\(error)")
    }
    if json { return try Console.json(TuneReport(machine.tuneSettings())) }
    show(machine.tuneSettings())
    if let pending = TuneJournal.pending(machine) { Console.note(pending) }
  }

  // MARK: - Showing

  private func show(_ settings: [TuneSetting]) {
    let style = options.color.stdout
    let column = (settings.map(\.id.count).max() ?? 0) + 2
    let width = min(Console.width, 100)
    for setting in settings {
      let mark = setting.note != nil ? style.dim("–") : setting.unset.isEmpty ? style.good("✓") : style.warning("!")
      let lines = Prose.wrapped(setting.summary, width: width - column - 2)
      let id = setting.id + String(repeating: " ", count: column - setting.id.count)
      Console.line("\(mark) \(id)\(lines[0])")
      let rest = lines.dropFirst() + Prose.wrapped(setting.reason, width: width - column - 2).map(style.dim)
      for line in rest { Console.line(String(repeating: " ", count: column + 2) + line) }
    }
    let unset = settings.filter { !$0.unset.isEmpty }.map(\.id)
    guard !unset.isEmpty else { return }
    Console.line("")
    for line in Prose.wrapped("To set: sudo tern tune --apply \(unset.joined(separator: " "))", width: width) {
      Console.line(line)
    }
  }

  // MARK: - Setting

  private func restoreSettings(_ tuner: Tuner) throws {
    guard try tuner.hasJournal() else { return Console.note("nothing to restore: there is no journal of this boot") }
    try tell(try tuner.restore())
  }

  private func applySettings(_ tuner: Tuner) throws {
    guard !command.isEmpty else {
      let outcome = try tuner.apply(ids)
      if outcome.done.isEmpty && outcome.problems.isEmpty { Console.note("nothing to set: all stands as it should") }
      return try tell(outcome)
    }
    // From here on a signal waits until the settings are in force and the command can be told.
    let signals = HeldCommand.holdSignals()
    let outcome = try tuner.apply(ids)
    do { try tell(outcome) } catch {
      try? tell(tuner.restoreOwn())
      throw CommandError("\(command[0]) was not run: a setting could not be made")
    }
    let status: Int32
    do { status = try HeldCommand.run(command, signals: signals) } catch {
      try tell(tuner.restoreOwn())
      throw error
    }
    try tell(tuner.restoreOwn())
    if status != 0 { throw ExitCode(status) }
  }

  /// Says on stderr what was done; the command's stdout is its own.
  private func tell(_ outcome: Tuner.Outcome) throws {
    if !options.quiet {
      for line in outcome.done { Console.note(line) }
    }
    for line in outcome.problems { Console.note(options.color.stderr.bad(line)) }
    if !outcome.problems.isEmpty { throw CommandError("not every setting could be made") }
  }
}

/// What `tern tune --json` prints.
private struct TuneReport: Encodable {
  struct Place: Encodable { let path: String, current: String?, wanted: String }
  struct Setting: Encodable { let id: String, title: String, reason: String, note: String?, places: [Place] }

  let schema = 1
  let settings: [Setting]

  init(_ settings: [TuneSetting]) {
    self.settings = settings.map { setting in
      Setting(
        id: setting.id, title: setting.title, reason: setting.reason, note: setting.note,
        places: setting.places.map { Place(path: $0.path, current: $0.current, wanted: $0.wanted) })
    }
  }
}
