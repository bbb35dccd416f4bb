import Foundation
import Testing

@testable import Machine

@Suite("Tuning")
struct TuneTests {
  private static let cpu = "/sys/devices/system/cpu"
  private static let turbo = "\(cpu)/intel_pstate/no_turbo"
  private static let watchdog = "/proc/sys/kernel/nmi_watchdog"
  private static func governor(_ id: Int) -> String { "\(cpu)/cpu\(id)/cpufreq/scaling_governor" }
  private static let boot = "/proc/sys/kernel/random/boot_id"

  /// The laptop, with a boot to remember and counters that only root may read.
  private func laptop() -> FakeRoot {
    let root = FakeRoot.intelLaptop().write(Self.boot, "1b4e28ba-2fa1-11d2-883f-0016d3cca427")
    for zone in ["intel-rapl:0", "intel-rapl:0/intel-rapl:0:0", "intel-rapl:1"] {
      let path = "/sys/devices/virtual/powercap/intel-rapl/\(zone)/energy_uj"
      _ = root.machine().files.setMode(path, 0o400)
    }
    return root
  }

  private func text(_ root: FakeRoot, _ path: String) -> String? { root.machine().files.line(path) }

  /// A tuner of a machine without the running kernel, as the command makes one.
  private func tuner(_ root: FakeRoot, denying denied: Set<String> = []) -> Tuner {
    let machine = root.machine(denying: denied)
    return Tuner(machine: machine, store: TuneStore(files: SystemFiles(root: root.path), environment: [:]))
  }

  private func pending(_ root: FakeRoot) -> String? { TuneJournal.pending(root.machine()) }

  @Test("What can be set is told with its value, and ASLR and SMT never")
  func settings() throws {
    let settings = laptop().machine().tuneSettings()
    #expect(Set(settings.map(\.id)).count == settings.count)
    let unset = settings.filter { !$0.unset.isEmpty }.map(\.id)
    #expect(unset == ["governor", "turbo", "nmi-watchdog", "perf-paranoid", "energy"])
    let governor = try #require(settings.first { $0.id == "governor" })
    #expect(governor.summary == "powersave on 8, should be performance")
    for id in ["smt", "aslr"] {
      let setting = try #require(settings.first { $0.id == id })
      #expect(setting.places.isEmpty && setting.note?.contains("never set") == true)
    }
    #expect(settings.allSatisfy { !$0.reason.isEmpty && !$0.summary.isEmpty })
  }

  @Test("Settings are made and put back, and nothing else is touched")
  func roundTrip() throws {
    let root = laptop()
    let files = root.files
    func state() -> [String: String] {
      let plain = SystemFiles(root: root.path)
      return Dictionary(
        uniqueKeysWithValues: files.map { ($0, "\(plain.text($0) ?? "") \(plain.mode($0) ?? 0)") })
    }
    let before = state()
    let tuner = tuner(root)
    let applied = try tuner.apply()
    #expect(applied.problems == [])
    #expect(applied.done.first == "governor: powersave → performance (8 files)")
    #expect(text(root, Self.governor(7)) == "performance" && text(root, Self.turbo) == "1")
    #expect(root.machine().tuneSettings().allSatisfy { $0.unset.isEmpty })
    let changed = state().filter { before[$0.key] != $0.value }.keys
    #expect(changed.count == 8 + 1 + 1 + 1 + 3)

    #expect(try tuner.restore().problems == [])
    #expect(state() == before)
    #expect(pending(root) == nil)
    #expect(try !tuner.hasJournal())
  }

  @Test("Only what is named is set")
  func named() throws {
    let root = laptop()
    _ = try tuner(root).apply(["turbo"])
    #expect(text(root, Self.turbo) == "1" && text(root, Self.governor(0)) == "powersave")
    #expect(pending(root) == "tern tune changed turbo and has not restored them: sudo tern tune --restore")
  }

  @Test(
    "What cannot be set is refused by name, and nothing is written", arguments: ["aslr", "smt", "bogus", "thp", ""])
  func refused(id: String) throws {
    let root = laptop().remove("/sys/kernel/mm")
    #expect(throws: TuneError.self) { try tuner(root).apply(["turbo", id]) }
    #expect(text(root, Self.turbo) == "0" && pending(root) == nil)
  }

  @Test("A chosen word among others is set by the word alone")
  func choice() throws {
    let root = laptop().write("/sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]")
    _ = try tuner(root).apply(["thp"])
    #expect(text(root, "/sys/kernel/mm/transparent_hugepage/enabled") == "madvise")
  }

  @Test("A governor that the driver does not offer is not asked for")
  func notOffered() {
    let root = laptop()
    for id in 0..<8 { root.write("\(Self.cpu)/cpu\(id)/cpufreq/scaling_available_governors", "ondemand powersave") }
    #expect(
      throws: TuneError(
        "governor: the driver does not offer \"performance\". A clock that follows the load runs "
          + "short windows slower than long ones.")
    ) { try tuner(root).apply(["governor"]) }
  }

  @Test("A file that refuses is a problem with its fix, is not in the journal, and the others are set")
  func denied() throws {
    let root = laptop()
    let outcome = try tuner(root, denying: [Self.watchdog]).apply(["turbo", "nmi-watchdog"])
    #expect(outcome.done == ["turbo: 0 → 1"])
    #expect(outcome.problems == ["nmi-watchdog: \(Self.watchdog) cannot be read, and was not set"])
    root.remove(Self.governor(3)).link(Self.governor(3), to: "/nowhere")
    let linked = try tuner(root).apply(["governor"])
    #expect(linked.done == ["governor: powersave → performance (7 files)"])
    #expect(try tuner(root).restore().problems == [])
    #expect(text(root, Self.governor(0)) == "powersave" && text(root, Self.turbo) == "0")
  }

  @Test("A journal that is there before a change was made restores nothing and goes")
  func killedBeforeWriting() throws {
    let root = laptop()
    let store = TuneStore(files: SystemFiles(root: root.path), environment: [:])
    let entry = TuneJournal.Entry(setting: "turbo", path: Self.turbo, kind: .text, before: "0", after: "1")
    try store.write(TuneJournal(bootID: store.bootID, entries: [entry]))
    #expect(pending(root) != nil)
    #expect(try tuner(root).restore() == Tuner.Outcome())
    #expect(text(root, Self.turbo) == "0" && pending(root) == nil)
  }

  @Test("A second apply keeps the oldest values")
  func twice() throws {
    let root = laptop()
    _ = try tuner(root).apply(["governor"])
    root.write(Self.governor(2), "schedutil")
    _ = try tuner(root).apply()
    #expect(text(root, Self.governor(2)) == "performance")
    _ = try tuner(root).restore()
    #expect(text(root, Self.governor(2)) == "powersave" && text(root, Self.turbo) == "0")
  }

  @Test("What a command held is put back alone")
  func own() throws {
    let root = laptop()
    _ = try tuner(root).apply(["governor"])
    let held = tuner(root)
    _ = try held.apply(["turbo"])
    #expect(try held.restoreOwn().done == ["turbo: 1 → 0"])
    #expect(text(root, Self.governor(0)) == "performance")
    #expect(pending(root)?.contains("changed governor and") == true)
  }

  @Test("What somebody else has changed since is left alone")
  func foreign() throws {
    let root = laptop()
    _ = try tuner(root).apply(["governor"])
    root.write(Self.governor(1), "schedutil")
    let outcome = try tuner(root).restore()
    #expect(outcome.problems == [] && outcome.done.count == 2)
    #expect(outcome.done[0] == "governor: \(Self.governor(1)) is schedutil by now, and was left so")
    #expect(text(root, Self.governor(1)) == "schedutil" && text(root, Self.governor(0)) == "powersave")
    #expect(pending(root) == nil)
  }

  @Test("Settings that cannot be put back stay in the journal")
  func partial() throws {
    let root = laptop()
    _ = try tuner(root).apply(["turbo", "nmi-watchdog"])
    // A link in the file's place can be read, and is never written through.
    root.write("/elsewhere", "1").remove(Self.turbo).link(Self.turbo, to: root.path + "/elsewhere")
    let outcome = try tuner(root).restore()
    #expect(outcome.done == ["nmi-watchdog: 0 → 1"])
    #expect(outcome.problems.count == 1 && outcome.problems[0].hasPrefix("turbo: the kernel refused \"0\""))
    #expect(text(root, "/elsewhere") == "1")
    #expect(pending(root)?.contains("changed turbo and") == true)
    root.remove(Self.turbo).write(Self.turbo, "1")
    #expect(try tuner(root).restore().done == ["turbo: 1 → 0"])
  }

  @Test("The journal of another boot speaks of nothing")
  func otherBoot() throws {
    let root = laptop()
    _ = try tuner(root).apply(["turbo"])
    root.write(Self.boot, "another").write(Self.turbo, "0")
    #expect(pending(root) == nil)
    #expect(try tuner(root).restore() == Tuner.Outcome())
    _ = try tuner(root).apply(["nmi-watchdog"])
    #expect(pending(root)?.contains("changed nmi-watchdog and") == true)
  }

  @Test("While one holds the settings, no other sets, restores or reminds")
  func held() throws {
    let root = laptop()
    let first = tuner(root)
    _ = try first.apply(["turbo"])
    #expect(pending(root) == nil)
    #expect(throws: TuneError.self) { try tuner(root).apply(["governor"]) }
    #expect(throws: TuneError.self) { try tuner(root).restore() }
    #expect(text(root, Self.governor(0)) == "powersave" && text(root, Self.turbo) == "1")
    _ = try first.restore()
    #expect(try tuner(root).apply(["governor"]).problems == [])
  }

  @Test(
    "A journal that names files which are none of tern's is refused, and nothing is written",
    arguments: [
      ("turbo", "/proc/sys/kernel/hostname", "text", "evil"), ("governor", "\(cpu)/intel_pstate/no_turbo", "text", "0"),
      ("turbo", "\(cpu)/intel_pstate/no_turbo", "mode", "0644"), ("turbo", "\(cpu)/intel_pstate/no_turbo", "text", ""),
      ("energy", "/sys/class/powercap/intel-rapl:0/energy_uj", "mode", "4777"),
      ("turbo", "\(cpu)/intel_pstate/../intel_pstate/no_turbo", "text", "0"),
    ])
  func hostileJournal(setting: String, path: String, kind: String, before: String) throws {
    let root = laptop()
    root.write("/proc/sys/kernel/hostname", "1").write(Self.turbo, "1")
    let entry =
      "{\"setting\":\"\(setting)\",\"path\":\"\(path)\",\"kind\":\"\(kind)\",\"before\":\"\(before)\",\"after\":\"1\"}"
    root.write(
      "/sys/tern-tune.json", "{\"schema\":1,\"boot_id\":\"\(text(root, Self.boot) ?? "")\",\"entries\":[\(entry)]}")
    #expect(throws: TuneError.self) { try tuner(root).restore() }
    #expect(text(root, "/proc/sys/kernel/hostname") == "1" && text(root, Self.turbo) == "1")
  }

  @Test(
    "A journal that is none is said to be, and stops nothing else",
    arguments: [
      "", "x", "[]", "{}", "{\"schema\":1,\"entries\":[{}]}", "{\"schema\":2,\"entries\":[]}", "\u{0}\u{FFFD}",
    ])
  func brokenJournal(text: String) throws {
    let root = laptop().write("/sys/tern-tune.json", text)
    #expect(pending(root)?.contains("tern-tune.json") == true)
    #expect(throws: TuneError.self) { try tuner(root).restore() }
    #expect(throws: TuneError.self) { try tuner(root).apply() }
    #expect(self.text(root, Self.turbo) == "0")
  }

  @Test("On a live machine the journal lies in /run or in the state folder, and a relative one is ignored")
  func folders() {
    func folders(_ environment: [String: String]) -> [String] {
      TuneStore(files: SystemFiles(root: "/"), environment: environment).folders
    }
    #expect(folders([:]) == ["/run/tern"])
    #expect(folders(["HOME": "/home/a"]) == ["/run/tern", "/home/a/.local/state/tern"])
    #expect(folders(["HOME": "/home/a", "XDG_STATE_HOME": "/s"]) == ["/run/tern", "/s/tern"])
    #expect(folders(["HOME": "/home/a", "XDG_STATE_HOME": "s"]) == ["/run/tern", "/home/a/.local/state/tern"])
  }
}
