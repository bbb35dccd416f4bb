import Records
import Testing

@Suite struct CounterFormulaTests {
  static let values = ["a": 6.0, "b": 3.0, "zero": 0.0, "time": 2.0]

  @Test(arguments: [
    ("a / b", 2.0), ("1000 * b / a", 500), ("a - b - 1", 2), ("a / b / 2", 1), ("2 + 3 * 4", 14), ("(2 + 3) * 4", 20),
    ("-a + b", -3), ("--a", 6), ("a * -b", -18), (" ( ( a ) ) ", 6), ("64*(a+b)/time", 288), ("0.5", 0.5), (".5*a", 3),
    ("1.", 1), ("a-b", 3), ("a\t/\nb", 2), ("2 - -3", 5), ("zero / a", 0),
  ])
  func arithmeticIsThatOfSchool(text: String, result: Double) throws {
    #expect(try CounterFormula(text).value { Self.values[$0] } == result)
  }

  @Test(arguments: ["a / zero", "a / (b - 3)", "a / (time - 2)", "missing", "a + missing", "1 / 0", "zero / zero"])
  func whatHasNoValueIsAbsent(text: String) throws {
    #expect(try CounterFormula(text).value { Self.values[$0] } == nil)
  }

  @Test func aResultThatIsNotFiniteIsAbsent() throws {
    #expect(try CounterFormula("a * a").value { _ in 1e300 } == nil)
    #expect(try CounterFormula("a").value { _ in .nan } == nil)
  }

  @Test(arguments: [
    ("", 1, "ends where"), ("a +", 4, "ends where"), ("a b", 3, "operator"), ("a ** b", 4, "\"*\""), ("(a", 3, "\")\""),
    ("a)", 2, "\")\""), ("1.2.3", 1, "not a decimal number"), ("A", 1, "\"A\""), ("a % b", 3, "\"%\""),
    ("1e5", 2, "\"e\""), ("é", 1, "byte"), ("a / / b", 5, "\"/\""), (".", 1, "not a decimal number"),
    (String(repeating: "(", count: 500), 33, "levels"), (String(repeating: "-", count: 500), 33, "levels"),
    (String(repeating: "a+", count: 600), 1, "longer than"),
  ])
  func whatCannotBeReadSaysWhere(text: String, column: Int, words: String) {
    #expect {
      _ = try CounterFormula(text)
    } throws: { error in
      guard let error = error as? CounterFormulaError else { return false }
      return error.column == column && error.description.contains(words)
    }
  }

  @Test func namesStandInTheirOrderEachOnce() throws {
    #expect(try CounterFormula("(b + a) / b * cpu_time").names == ["b", "a", "cpu_time"])
  }

  @Test(arguments: 1...8) func anyTextIsReadOrRefused(seed: UInt64) {
    let pieces = [
      "a", "b1", "+", "-", "*", "/", "(", ")", " ", "1", "2.5", ".", "time", "é", "\0", "\n", "e", "_", "9",
    ]
    var state = seed
    for _ in 0..<2000 {
      var text = ""
      for _ in 0..<12 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        text += pieces[Int(state >> 33) % pieces.count]
      }
      do {
        let formula = try CounterFormula(text)
        if let value = formula.value({ _ in 3 }) { #expect(value.isFinite) }
        // Read again from what it was made of, it means the same.
        #expect(try CounterFormula(formula.text) == formula)
      } catch let error as CounterFormulaError {
        #expect((1...text.utf8.count + 1).contains(error.column) && !error.description.isEmpty)
      } catch {
        Issue.record("not a CounterFormulaError: \(error)")
      }
    }
  }
}
