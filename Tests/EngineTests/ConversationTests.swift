import Engine
import Testing

@Suite("Conversations as tokens")
struct ConversationTests {
  /// An opening of 2, a cue of 1, an end of 1.
  private var conversation: Conversation { Conversation(opening: [1, 2], cue: [7], answerEnd: [9]) }

  @Test("a prompt is the opening, the exchanges, the question and the cue")
  func prompt() {
    var conversation = conversation
    #expect(conversation.prompt([3]) == [1, 2, 3, 7])
    conversation.add([3], answer: [4, 5])
    #expect(conversation.prompt([6]) == [1, 2, 3, 7, 4, 5, 9, 6, 7])
    conversation.opening = [8]
    #expect(conversation.prompt([6]) == [8, 3, 7, 4, 5, 9, 6, 7])
    conversation.reset()
    #expect(conversation.prompt([6]) == [8, 6, 7])
  }

  @Test("the oldest exchanges go when there is no room, until half of the context is free")
  func room() throws {
    var conversation = conversation
    // Each exchange takes 10 positions.
    for id in 0..<5 { conversation.add([Int32(id)], answer: [Int32](repeating: 4, count: 7)) }
    #expect(try conversation.makeRoom(for: [3], room: 6, context: 60) == 0)
    #expect(try conversation.makeRoom(for: [3], room: 7, context: 60) == 3)
    #expect(conversation.exchanges.map(\.[0]) == [3, 4])
    #expect(conversation.prompt([3]).count <= 30)
  }

  @Test("a question that never fits is refused by numbers, and nothing is forgotten")
  func tooLong() throws {
    var conversation = conversation
    conversation.add([3], answer: [4])
    let question = [Int32](repeating: 5, count: 13)
    let error = #expect(throws: EngineError.self) {
      try conversation.makeRoom(for: question, room: 1, context: 16)
    }
    #expect(error?.kind == .context && error?.description.contains("16 tokens") == true)
    #expect(conversation.exchanges.count == 1)
    #expect(try conversation.makeRoom(for: question.dropLast(), room: 1, context: 16) == 1)
  }
}
