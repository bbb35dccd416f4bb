import Foundation
import Testing

@Suite struct TuneCommandTests {
  private func tune(_ machine: FakeMachine, _ arguments: [String], behind command: [String] = []) throws
    -> Binary.Result
  {
    let all = ["tune"] + machine.flags + arguments + (command.isEmpty ? [] : ["--"] + command)
    return try Binary.run(all, in: Binary.root, environment: [:])
  }

  /// Starts `tern tune --apply -- sleep` and waits until the governors are set.
  private func start(_ machine: FakeMachine, _ command: [String], scratch: Scratch) throws -> Process {
    let process = try Binary.start(
      ["tune"] + machine.flags + ["--apply", "--"] + command, in: scratch.url, environment: [:], scratch: scratch)
    let deadline = Date().addingTimeInterval(60)
    while machine.text("proc/sys/kernel/nmi_watchdog") != "0", Date() < deadline { usleep(5000) }
    #expect(machine.governors == ["performance", "performance"])
    return process
  }

  @Test("without flags nothing is written, and what could be set is told")
  func show() throws {
    let machine = try FakeMachine()
    let result = try tune(machine, [])
    #expect(result.status == 0 && result.err.isEmpty)
    #expect(result.out.contains("! governor        powersave on 2, should be performance"))
    #expect(result.out.contains("To set: sudo tern tune --apply governor turbo nmi-watchdog"))
    #expect(result.out.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(machine.governors == ["powersave", "powersave"] && machine.journal.isEmpty)
    let json = try #require(try tune(machine, ["--json"]).json() as? [String: Any])
    #expect(json["schema"] as? Int == 1 && (json["settings"] as? [Any])?.count == 10)
  }

  @Test("settings are made, told of, and put back")
  func applyAndRestore() throws {
    let machine = try FakeMachine()
    let applied = try tune(machine, ["--apply", "governor", "turbo"])
    #expect(applied.status == 0 && applied.out.isEmpty, "\(applied.err)")
    #expect(applied.err.contains("governor: powersave → performance (2 files)"))
    #expect(machine.governors == ["performance", "performance"] && machine.noTurbo == "1")
    #expect(machine.text("proc/sys/kernel/nmi_watchdog") == "1")
    #expect(try tune(machine, []).err.contains("sudo tern tune --restore"))
    #expect(try tune(machine, ["--restore"]).status == 0)
    #expect(machine.governors == ["powersave", "powersave"] && machine.noTurbo == "0" && machine.journal.isEmpty)
    #expect(try tune(machine, ["--restore"]).err.contains("nothing to restore"))
  }

  @Test("a command runs under the settings, keeps its stdout and its status, and they are put back")
  func command() throws {
    let machine = try FakeMachine()
    let file = machine.flags[1] + "/devices/system/cpu/cpu1/cpufreq/scaling_governor"
    let result = try tune(machine, ["--apply", "governor"], behind: ["sh", "-c", "cat \(file); exit 7"])
    #expect(result.status == 7 && result.out == "performance\n", "\(result.err)")
    #expect(machine.governors == ["powersave", "powersave"] && machine.journal.isEmpty)
    #expect(try tune(machine, ["--apply"], behind: ["/no/such/program"]).status == 127)
    #expect(try tune(machine, ["--apply"], behind: ["/proc/version"]).status == 126)
    #expect(try tune(machine, ["--apply"], behind: ["sh", "-c", "kill -KILL $$"]).status == 137)
    #expect(machine.governors == ["powersave", "powersave"] && machine.journal.isEmpty)
  }

  @Test("what stops tern stops the command, and the settings are put back", arguments: [SIGINT, SIGTERM, SIGHUP])
  func signals(signal: Int32) throws {
    let (machine, scratch) = (try FakeMachine(), try Scratch())
    let process = try start(machine, ["sleep", "60"], scratch: scratch)
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationStatus == 128 + signal)
    #expect(machine.governors == ["powersave", "powersave"] && machine.journal.isEmpty)
  }

  @Test("after SIGKILL the journal remains, the next command says so, and --restore puts everything back")
  func killed() throws {
    let (machine, scratch) = (try FakeMachine(), try Scratch())
    // It is at work for as long as this test takes, on any machine, and outlives tern.
    let sleeper = "echo $$ > \(scratch.path("pid")); exec sleep 600"
    let process = try start(machine, ["sh", "-c", sleeper], scratch: scratch)
    let deadline = Date().addingTimeInterval(60)
    while scratch.text("pid").isEmpty, Date() < deadline { usleep(5000) }
    // While it lives it holds the settings: nobody else sets, and nobody is reminded.
    #expect(try tune(machine, ["--apply"]).err.contains("another tern tune is at work"))
    #expect(try !tune(machine, []).err.contains("--restore"))
    kill(process.processIdentifier, SIGKILL)
    // A process has ended for Foundation when whatever it started has, too.
    kill(try #require(pid_t(scratch.text("pid").filter(\.isNumber))), SIGKILL)
    process.waitUntilExit()
    #expect(machine.governors == ["performance", "performance"] && machine.noTurbo == "1")
    #expect(machine.journal.contains("\"before\" : \"powersave\""))
    #expect(try tune(machine, []).err.contains("tern tune changed governor, turbo, nmi-watchdog"))
    let restored = try tune(machine, ["--restore"])
    #expect(restored.status == 0, "\(restored.err)")
    #expect(machine.governors == ["powersave", "powersave"] && machine.noTurbo == "0")
    #expect(machine.text("proc/sys/kernel/nmi_watchdog") == "1" && machine.journal.isEmpty)
  }

  @Test("a setting that is never made is refused with its reason, and nothing is written")
  func refused() throws {
    let machine = try FakeMachine()
    let result = try tune(machine, ["--apply", "turbo", "aslr"])
    #expect(result.status == 1 && result.err.contains("never set by tern"))
    #expect(machine.noTurbo == "0" && machine.journal.isEmpty)
  }

  @Test("who may not write is told to be root, and the command is not run", .enabled(if: getuid() == 0, "needs root"))
  func notPermitted() throws {
    let machine = try FakeMachine()
    let tern = "\(Binary.path) tune \(machine.flags.joined(separator: " ")) --apply turbo -- echo ran"
    // The journal can be written and the setting cannot, as for a user who owns neither /sys nor /proc.
    let sys = machine.flags[1]
    let result = try Binary.shell(
      "chmod 0755 \(sys)/.. && chmod 0777 \(sys) && setpriv --reuid=65534 --regid=65534 --clear-groups \(tern)")
    #expect(result.status == 1 && result.out.isEmpty, "\(result.out)")
    #expect(result.err.contains("turbo: permission denied; as root: sudo tern tune --apply turbo"), "\(result.err)")
    #expect(result.err.contains("echo was not run"))
    #expect(machine.journal.isEmpty && machine.noTurbo == "0")

    // Another user's journal can be read and not be done: it stays, and so does what it speaks of.
    #expect(try tune(machine, ["--apply", "turbo"]).status == 0)
    let restore = "\(Binary.path) tune \(machine.flags.joined(separator: " ")) --restore"
    let refused = try Binary.shell("setpriv --reuid=65534 --regid=65534 --clear-groups \(restore)")
    #expect(refused.status == 1)
    #expect(refused.err.contains("permission denied; as root: sudo tern tune --restore"), "\(refused.err)")
    #expect(machine.noTurbo == "1" && !machine.journal.isEmpty)
  }
}
