import Suites
import Testing

@Suite struct ThreadRangeTests {
  @Test(arguments: [
    ("4", [4]), ("1-8", [1, 2, 3, 4, 5, 6, 7, 8]), ("1-8+2", [1, 3, 5, 7]), ("1-64*2", [1, 2, 4, 8, 16, 32, 64]),
    ("3-50*4", [3, 12, 48]), ("5-5", [5]), ("1,2,4-6", [1, 2, 4, 5, 6]), ("2, 1, 2", [2, 1]), ("all", [6]),
    ("1-all*2", [1, 2, 4]), ("4-all", [4, 5, 6]), ("1-all*2,all", [1, 2, 4, 6]), ("4096", [4096]),
  ])
  func aRangeExpandsAsLlamaBenchDoesIt(text: String, counts: [Int]) throws {
    #expect(try ThreadRange.parse(text, all: 6) == counts)
  }

  @Test(arguments: [
    "", "0", "-1", "1-", "8-1", "1-8*1", "1-8*0", "1-8+0", "1-8-2", "1--8", "x", "1.5", "1,", "4097", "7-all", "1-8*",
    "all-2+all", "99999999999999999999", "１",
  ])
  func anythingElseIsRefusedWithWhatIsAccepted(text: String) {
    #expect {
      try ThreadRange.parse(text, all: 6)
    } throws: { error in
      "\(error)".hasPrefix("\"\(text)\" is not a count or range: ") && "\(error)".contains("1-64*2")
    }
  }

  @Test func lengthsHaveTheirOwnLimitAndListsAnEnd() throws {
    #expect(try ThreadRange.parse("8192", all: 1, largest: 1 << 24) == [8192])
    #expect(throws: ThreadRangeError.self) { try ThreadRange.parse("1-16777216", all: 1, largest: 1 << 24) }
  }
}
