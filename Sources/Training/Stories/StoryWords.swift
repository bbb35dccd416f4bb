/// The words that stories are made of, with what grammar needs to know of them.
enum StoryWords {
  /// Somebody with a name: pronouns follow it.
  struct Person: Sendable {
    let name: String
    let isFemale: Bool

    var subject: String { isFemale ? "she" : "he" }
    var object: String { isFemale ? "her" : "him" }
    var possessive: String { isFemale ? "her" : "his" }
    /// The subject at the beginning of a sentence.
    var opening: String { isFemale ? "She" : "He" }
  }

  /// A thing that is counted.
  struct Thing: Sendable {
    let singular: String
    let plural: String

    init(_ singular: String, _ plural: String? = nil) {
      (self.singular, self.plural) = (singular, plural ?? singular + "s")
    }
  }

  static let girls = [
    "Anna", "Clara", "Ella", "Ida", "Lena", "Mia", "Nora", "Olga", "Rosa", "Sara", "Tilda", "Una", "Vera", "Wilma",
  ].map { Person(name: $0, isFemale: true) }
  static let boys = [
    "Ben", "Carl", "David", "Emil", "Finn", "Hugo", "Jan", "Leo", "Max", "Nils", "Otto", "Paul", "Sam", "Tom",
  ].map { Person(name: $0, isFemale: false) }
  static let people = girls + boys

  static let natures = [
    "brave", "careful", "cheerful", "clever", "curious", "friendly", "gentle", "kind", "patient", "quiet", "quick",
    "shy",
  ]
  static let places = ["beach", "farm", "forest", "garden", "hill", "lake", "market", "meadow", "park", "river"]
  static let homes = [
    "in a small house by the sea", "in a village near the forest", "in a big city", "on an old farm",
    "at the foot of a hill", "in a house with a red roof", "at the end of a long road", "beside a quiet river",
  ]
  static let times = ["One morning", "One afternoon", "One day", "One evening", "Early in spring", "On a cold day"]
  static let colours = ["black", "blue", "brown", "green", "grey", "orange", "red", "white", "yellow"]
  static let sizes = ["big", "little", "new", "old", "small", "tiny"]
  static let toys = [
    Thing("ball"), Thing("boat"), Thing("book"), Thing("box", "boxes"), Thing("car"), Thing("cup"), Thing("doll"),
    Thing("drum"), Thing("hat"), Thing("key"), Thing("kite"), Thing("lamp"), Thing("ring"), Thing("spoon"),
    Thing("train"),
  ]
  static let foods = [
    Thing("apple"), Thing("cake"), Thing("carrot"), Thing("cherry", "cherries"), Thing("cookie"), Thing("egg"),
    Thing("nut"), Thing("orange"), Thing("peach", "peaches"), Thing("pear"), Thing("plum"), Thing("roll"),
  ]
  static let animals = [
    Thing("bird"), Thing("cat"), Thing("dog"), Thing("duck"), Thing("fox", "foxes"), Thing("frog"), Thing("goat"),
    Thing("hedgehog"), Thing("mouse", "mice"), Thing("owl"), Thing("rabbit"), Thing("sheep", "sheep"),
  ]
  static let hidingPlaces = [
    "behind the door", "behind the stove", "beside the stairs", "in the basket", "in the drawer", "on the shelf",
    "under the bed", "under the chair", "under the table", "between two pillows",
  ]
  static let traps = [
    "in a bush", "in a deep hole", "in the mud", "in an old net", "on a high branch", "under a fence",
  ]
  static let tools = ["a ladder", "a long stick", "a rope", "a shovel", "a warm glove"]
  static let clothes = ["blanket", "coat", "jacket", "scarf", "shawl", "sweater"]
  static let flowers = [Thing("daisy", "daisies"), Thing("poppy", "poppies"), Thing("rose"), Thing("tulip")]
  static let relatives = [
    ("mother", true), ("father", false), ("grandmother", true), ("grandfather", false),
    ("aunt", true), ("uncle", false), ("sister", true), ("brother", false),
  ]
  static let glad = ["happy", "glad", "very happy", "proud", "full of joy"]
  static let sad = ["sad", "very sad", "upset", "worried"]
  static let numbers = ["two", "three", "four", "five", "six"]

  /// "a" or "an", by the first letter: no word here begins with a silent one.
  static func withArticle(_ words: String) -> String {
    let isVowel = words.first.map { "aeiou".contains($0) } ?? false
    return (isVowel ? "an " : "a ") + words
  }
}
