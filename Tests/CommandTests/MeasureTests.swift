import Foundation
import Testing

@Suite struct MeasureTests {
  @Test("the program's streams are its own, and the report follows on stderr")
  func streams() throws {
    let result = try Binary.shell("echo in | \"$TERN\" measure -- sh -c 'cat; echo err >&2'")
    #expect(result.status == 0)
    #expect(result.out == "in\n")
    #expect(result.err.hasPrefix("err\n"))
    for word in ["tern measure: sh -c 'cat; echo err >&2'", "wall time", "CPU time in user mode", "page faults, minor"]
    {
      #expect(result.err.contains(word), "\(word) in \(result.err)")
    }
    for line in result.err.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }

  /// Whatever runs the tests may ignore a signal, and a shell can't undo that: a program that can has to be the one.
  private static func dieOf(_ signal: String) -> String {
    "python3 -c 'import os; from signal import *; signal(\(signal), SIG_DFL); os.kill(os.getpid(), \(signal))'"
  }

  @Test(
    "the exit status is the program's",
    arguments: [
      ("exit 0", 0), ("exit 3", 3), ("exec \(dieOf("SIGTERM"))", 143), ("exec \(dieOf("SIGINT"))", 130),
      ("kill -SEGV $$", 139),
    ])
  func status(script: String, status: Int) throws {
    let result = try Binary.run("measure", "--", "sh", "-c", script)
    #expect(result.status == Int32(status), "\(result.err)")
    #expect(result.err.contains("wall time"))
  }

  @Test("a program that is not there is 127 and one that cannot be run 126, each with what to do")
  func notRun() throws {
    let missing = try Binary.run("measure", "--", "no-program-of-that-name")
    #expect(missing.status == 127 && missing.err.contains("not found"), "\(missing.err)")
    let text = try Binary.run("measure", "--", "/etc/passwd")
    #expect(text.status == 126 && text.err.contains("permission"), "\(text.err)")
    #expect(missing.out.isEmpty && text.out.isEmpty)
  }

  @Test("--json is one object with units in its keys, on stderr or in the file of -o")
  func json() throws {
    let scratch = try Scratch()
    let path = scratch.path("report.json")
    let result = try Binary.run("measure", "--json", "-o", path, "-r", "3", "--", "sleep", "0.05")
    #expect(result.status == 0 && result.err.isEmpty && result.out.isEmpty, "\(result.err)")
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(object["schema"] as? Int == 1 && object["exit_status"] as? Int == 0)
    #expect(object["command"] as? [String] == ["sleep", "0.05"])
    let runs = try #require(object["runs"] as? [[String: Any]])
    let times = runs.compactMap { ($0["metrics"] as? [String: Any])?["time_wall_ns"] as? Double }
    #expect(times.count == 3 && times.allSatisfy { $0 >= 50e6 })
    let mean = try #require((object["metrics"] as? [String: Any])?["time_wall_ns"] as? Double)
    #expect(abs(mean - times.reduce(0, +) / 3) < 1)
    #expect(try #require((object["half_widths"] as? [String: Any])?["time_wall_ns"] as? Double) > 0)
    let meters = try #require(object["meters"] as? [[String: Any]])
    for meter in meters where meter["available"] as? Bool == false {
      #expect((meter["reason"] as? String)?.isEmpty == false && (meter["fix"] as? String)?.isEmpty == false)
    }
    let alone = try Binary.run("measure", "--json", "--", "true")
    #expect(try JSONSerialization.jsonObject(with: Data(alone.err.utf8)) is [String: Any])
  }

  @Test("a report that cannot be written is found before the program runs")
  func unwritable() throws {
    let scratch = try Scratch()
    try scratch.write("file", "")
    let result = try Binary.run("measure", "-o", scratch.path("file/report"), "--", "touch", scratch.path("ran"))
    #expect(result.status == 1 && result.err.contains("file"), "\(result.err)")
    #expect(!scratch.files(under: ".").contains("ran"))
  }

  @Test("a meter that is named and cannot be read ends the command with 6 before the program runs")
  func named() throws {
    let scratch = try Scratch()
    let all = try Binary.run("measure", "--json", "--", "true").err
    let object = try #require(try JSONSerialization.jsonObject(with: Data(all.utf8)) as? [String: Any])
    let meters = try #require(object["meters"] as? [[String: Any]])
    for meter in meters where meter["available"] as? Bool == false {
      let id = try #require(meter["id"] as? String)
      let result = try Binary.run("measure", "--meters", "time,\(id)", "--", "touch", scratch.path("ran"))
      #expect(result.status == 6)
      #expect(result.err.contains(id) && result.err.contains("Fix:"), "\(result.err)")
    }
    #expect(scratch.files(under: ".").isEmpty)
  }

  @Test("a signal to tern reaches the program, whose end decides, and no repetition follows")
  func forwarding() throws {
    let scratch = try Scratch()
    // Ends by itself, so that a signal that does not arrive fails the test and does not hang it.
    let script = "trap 'echo asked; exit 0' TERM; echo ready; for i in $(seq 1000); do sleep 0.02; done"
    let process = try Binary.start(
      ["measure", "-r", "2", "--", "sh", "-c", script], in: scratch.url, environment: [:], scratch: scratch)
    let deadline = Date().addingTimeInterval(120)
    while !scratch.text("out").contains("ready"), Date() < deadline { usleep(10_000) }
    process.terminate()
    process.waitUntilExit()
    #expect(process.terminationStatus == 143)
    #expect(scratch.text("out") == "ready\nasked\n", "\(scratch.text("out"))")
    #expect(scratch.text("err").contains("wall time"))
  }

  @Test("repetitions give a mean and its interval, and end with the first that fails")
  func repetitions() throws {
    let scratch = try Scratch()
    let result = try Binary.run("measure", "-r", "3", "--", "sh", "-c", "echo x >> \(scratch.path("log"))")
    #expect(scratch.text("log") == "x\nx\nx\n")
    #expect(result.err.contains("(3 runs)") && result.err.contains("Student's t") && result.err.contains(" ± "))
    let failing = try Binary.run("measure", "-r", "3", "--", "sh", "-c", "echo x >> \(scratch.path("fail")); exit 9")
    #expect(failing.status == 9 && scratch.text("fail") == "x\n" && failing.err.contains("status 9"))
  }
}
