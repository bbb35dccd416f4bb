import ArgumentParser
import Machine

/// `tern doctor`: what can be measured here, what cannot and why, and the command that allows it.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say what this machine is, what can be measured on it, and how to allow more.")

  @Flag(help: "The findings as a JSON array.")
  var json = false

  @OptionGroup var options: OutputOptions

  func run() throws {
    let findings = Machine().findings()
    if json { return try Console.json(findings) }
    let style = options.color.stdout
    var group = ""
    for finding in findings {
      if finding.group != group {
        if !group.isEmpty { Console.line("") }
        group = finding.group
        Console.line(style.bold(group))
      }
      print(finding, style: style)
    }
  }

  private func print(_ finding: Finding, style: Style) {
    let mark =
      switch finding.state {
      case .ok: style.good("✓")
      case .warning: style.warning("!")
      case .unavailable: style.bad("✗")
      }
    let lines = Prose.wrapped("\(finding.title): \(finding.detail)", width: min(Console.width, 100) - 4)
    Console.line("  \(mark) \(lines[0])")
    for line in lines.dropFirst() { Console.line("    \(line)") }
    guard let fix = finding.fix else { return }
    for line in Prose.wrapped("Fix: \(fix)", width: min(Console.width, 100) - 4) {
      Console.line("    \(style.dim(line))")
    }
  }
}
