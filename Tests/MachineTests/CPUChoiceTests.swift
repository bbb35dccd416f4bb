import Testing

@testable import Machine

@Suite("Choice of CPUs")
struct CPUChoiceTests {
  @Test("A list of usable CPUs is taken, sorted, each once")
  func good() throws {
    let machine = FakeRoot.intelLaptop().machine()
    #expect(try machine.cpus(inList: "7,0-2,1") == [0, 1, 2, 7])
    #expect(machine.threadSiblings(of: 5) == [1, 5])
    #expect(machine.threadSiblings(of: 99) == [])
  }

  @Test(
    "What is wrong with a list is said, with what may be chosen",
    arguments: [
      ("3-1", "is not a list of CPUs"), ("a", "is not a list of CPUs"), ("", "empty"), ("-1", "is not a list"),
      ("2,12-13", "CPUs 12-13 of \"2,12-13\" are not in this machine, which has 0-9"),
      ("2,8-9", "CPUs 8-9 of \"2,8-9\" are offline"), ("0-3", "CPUs 0-1 of \"0-3\" are outside of the control group"),
      ("4-5", "CPUs 4-5 of \"4-5\" are outside of the affinity of this process, which allows 2-3"),
      ("0-999999999", "is not a list"), ("2\n3", "is not a list"),
    ])
  func bad(list: String, words: String) throws {
    let root = FakeRoot.containerV2().write("/sys/devices/system/cpu/present", "0-9")
    root.write("/proc/self/status", "Cpus_allowed_list:\t1-3")
    let machine = root.machine()
    #expect(try machine.cpus(inList: "2-3") == [2, 3])
    let error = try #require(throws: CPUChoiceError.self) { try machine.cpus(inList: list) }
    #expect(error.description.contains(words), "\(error)")
  }
}
