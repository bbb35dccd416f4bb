import Foundation
import Testing

@testable import Records

@Suite struct RecordMigrationTests {
  /// Steps of schemas that never existed: 1 called the machine "host", 2 counted it in a list.
  let steps = [
    RecordMigration.Step(from: 1, name: "host becomes machine") { root in
      root["machine"] = root.removeValue(forKey: "host")
    },
    RecordMigration.Step(from: 2, name: "one machine becomes a list") { root in
      root["machines"] = .array([root.removeValue(forKey: "machine") ?? .null])
    },
  ]

  @Test func stepsAreTakenInOrderAndNothingElseChanges() throws {
    let old = Data(#"{"schema": 1, "host": "a", "seed": 18446744073709551615, "x": [1, 0.1, true, null]}"#.utf8)
    let new = try RecordMigration.migrate(old, from: 1, to: 3, by: steps)
    let root = try JSONDecoder().decode([String: JSONValue].self, from: new)
    #expect(
      root == [
        "schema": .int(3), "machines": .array([.string("a")]), "seed": .unsigned(.max),
        "x": .array([.int(1), .double(0.1), .bool(true), .null]),
      ])
  }

  @Test func aHoleInTheTableIsFound() {
    let data = Data(#"{"schema": 1}"#.utf8)
    #expect(throws: RecordMigration.MissingStep(from: 2)) {
      try RecordMigration.migrate(data, from: 1, to: 3, by: [steps[0]])
    }
  }

  @Test func theTableLeadsFromEverySchemaToTheCurrentOne() {
    #expect(RecordMigration.steps.map(\.from) == Array(1..<RunRecord.currentSchema))
  }
}
