import Foundation
import ModelFiles
import Testing

@testable import Training

@Suite struct DataTests {
  @Test("every token but the first is predicted once, and no held-out one is learnt") func piecesCoverTheText() throws {
    let stream = try TokenStream((0..<101).map { Int32($0) }, context: 10, validation: 0.2)
    #expect(stream.trainingPieces == 8 && stream.validationPieces == 2)
    var (inputs, targets): ([Int32], [Int32]) = ([], [])
    for piece in 0..<10 { stream.append(piece: piece, to: &inputs, targets: &targets) }
    #expect(inputs == Array(0..<100) && targets == Array(1..<101))
  }

  @Test("an epoch takes every piece once, and the order is a function of the step") func order() {
    var order = PieceOrder(pieces: 12, seed: 3)
    let batches = (0..<6).map { order.batch(step: $0, sequences: 4) }
    let epochs = [batches[0..<3].flatMap(\.self), batches[3..<6].flatMap(\.self)]
    for epoch in epochs { #expect(epoch.sorted() == Array(0..<12)) }
    #expect(epochs[0] != epochs[1])
    var late = PieceOrder(pieces: 12, seed: 3)
    #expect(late.batch(step: 4, sequences: 4) == batches[4])
  }

  @Test(arguments: [0, 1, 20]) func tinyTextIsAnError(count: Int) {
    #expect(throws: TrainingError.self) {
      try TokenStream([Int32](repeating: 0, count: count), context: 10, validation: 0.1)
    }
  }

  @Test func filesThatAreNoText() throws {
    try withFolder { folder in
      func failure(_ data: Data?) -> String {
        let path = folder + "/text.txt"
        try? FileManager.default.removeItem(atPath: path)
        try? data?.write(to: URL(fileURLWithPath: path))
        do {
          _ = try Corpus.files([path]).documents()
          return "none"
        } catch { return "\(error)" }
      }
      #expect(failure(nil).contains("cannot be read"))
      #expect(failure(Data()).contains("holds no text"))
      #expect(failure(Data(" \n\n \n".utf8)).contains("holds no text"))
      #expect(failure(Data([0xff, 0xfe, 0x00])).contains("not UTF-8"))
      #expect(failure(Data("One.\r\n\r\nTwo.".utf8)) == "none")
      let documents = try Corpus.files([folder + "/text.txt"]).documents()
      #expect(documents == ["One.", "Two."])
    }
  }
}

@Suite struct TokenizerTests {
  @Test("what is learnt encodes text, and decodes to the same text") func roundTrip() throws {
    let documents = try Corpus.stories(count: 60, seed: 1).documents()
    try withFolder { folder in
      try TokenizerWriter.train(documents, vocabulary: 400, into: folder)
      let tokenizer = try Tokenizer(path: folder)
      #expect(tokenizer.vocabularySize == 400)
      #expect(tokenizer.specialTokens.endOfText == 399 && tokenizer.prefix == [398])
      for text in documents.prefix(5) + ["Zäh! \u{1F33B}\n\tx <|end_of_text|>"] {
        let ids = tokenizer.encode(text, parsingSpecial: false)
        #expect(try tokenizer.decode(ids) == text)
      }
      let first = tokenizer.encode(documents[0])
      #expect(first.count * 2 < documents[0].utf8.count)
      #expect(Corpus.ids([documents[0]], tokenizer) == [398] + first + [399])
    }
  }

  @Test("the most frequent pair first, ties by id") func mergesByFrequency() {
    let trainer = BytePairTrainer(["ab ab ab cd cd"], entries: 258)
    #expect(trainer.entries.suffix(2) == [Array("ab".utf8), Array(" c".utf8)])
    let tie = BytePairTrainer(["xy", "ab", "xy", "ab"], entries: 257)
    #expect(tie.entries.last == Array("ab".utf8))
  }

  @Test func tooLittleText() throws {
    try withFolder { folder in
      let error = #expect(throws: TrainingError.self) {
        try TokenizerWriter.train(["abc abc"], vocabulary: 1000, into: folder)
      }
      #expect(error?.description.contains("set vocabulary to") == true)
    }
  }
}

@Suite struct StoryTests {
  static let stories = (0..<2000).map { StoryGrammar.story(seed: 1, index: $0) }

  @Test func articlesAgree() {
    for story in Self.stories {
      #expect(story.firstMatch(of: /\b[Aa] [aeiou]/) == nil, "\(story)")
      #expect(story.firstMatch(of: /\b[Aa]n [^aeiou]/) == nil, "\(story)")
    }
  }

  @Test("three to eight sentences, plain ASCII, a capital and a full stop") func formOfSentences() {
    for story in Self.stories {
      #expect((4...8).contains(story.count { ".!?".contains($0) }), "\(story)")
      #expect(story.allSatisfy { $0.isASCII && !$0.isNewline } && !story.contains("  "))
      #expect(story.first?.isUppercase == true && ".!".contains(story.last ?? " "), "\(story)")
    }
  }

  @Test("pronouns follow the hero") func pronounsAgree() {
    for story in Self.stories {
      for person in StoryWords.people {
        let wrong = person.isFemale ? "his" : "her"
        #expect(!story.contains("\(person.name) could not find \(wrong) "), "\(story)")
        #expect(!story.contains("\(person.name) ran home to \(wrong) "), "\(story)")
      }
    }
  }

  @Test("one in many is told twice, and the same seed tells the same") func variety() {
    #expect(Set(Self.stories).count > 1990)
    #expect(StoryGrammar.story(seed: 1, index: 7) == Self.stories[7])
    #expect(StoryGrammar.story(seed: 2, index: 7) != Self.stories[7])
  }
}
