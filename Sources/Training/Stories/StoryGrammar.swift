/// Stories of a small grammar, written for this project: three to seven English sentences in which something happens
/// for a reason.
///
/// Subjects agree with their verbs and pronouns with their names, articles with what follows, and what a later sentence
/// says follows from an earlier one: the lost thing is found where it was looked for last, and has the colour that it
/// had. A story is a function of seed and index alone.
public enum StoryGrammar {
  /// One story, its sentences with single spaces between them.
  public static func story(seed: UInt64, index: Int) -> String {
    var teller = StoryTeller(random: RandomNumbers(seed: seed, stream: UInt64(index)))
    return teller.sentences().joined(separator: " ")
  }
}

/// One story in the making: whom it is about, and the choices so far.
struct StoryTeller {
  var random: RandomNumbers
  let hero: StoryWords.Person
  let friend: StoryWords.Person

  init(random: RandomNumbers) {
    var random = random
    let people = StoryWords.people
    let first = random.below(people.count)
    // Another one, whoever that is.
    let second = (first + 1 + random.below(people.count - 1)) % people.count
    (hero, friend) = (people[first], people[second])
    self.random = random
  }

  mutating func pick<Item>(_ items: [Item]) -> Item { items[random.below(items.count)] }

  mutating func sentences() -> [String] {
    opening() + plot() + ending()
  }

  private mutating func plot() -> [String] {
    switch random.below(8) {
    case 0: lostThing()
    case 1: rain()
    case 2: hunger()
    case 3: broken()
    case 4: trapped()
    case 5: flowerSeed()
    case 6: noise()
    default: counting()
    }
  }

  // MARK: Beginning and end

  private mutating func opening() -> [String] {
    let child = hero.isFemale ? "girl" : "boy"
    switch random.below(4) {
    case 0:
      let nature = pick(StoryWords.natures)
      return ["\(hero.name) was \(StoryWords.withArticle("\(nature) \(child)")) who lived \(pick(StoryWords.homes))."]
    case 1:
      return ["\(hero.name) and \(friend.name) were good friends.", "They lived \(pick(StoryWords.homes))."]
    case 2:
      return ["Once there was \(StoryWords.withArticle("\(pick(StoryWords.natures)) \(child)")) called \(hero.name)."]
    default:
      return ["\(hero.name) lived \(pick(StoryWords.homes)) with \(hero.possessive) \(pick(StoryWords.relatives).0)."]
    }
  }

  private mutating func ending() -> [String] {
    switch random.below(5) {
    case 0: return ["That night \(hero.name) slept very well."]
    case 1: return ["\(hero.name) and \(friend.name) laughed all the way home."]
    case 2: return ["From that day on, \(hero.name) and \(friend.name) were the best of friends."]
    case 3: return ["\(hero.name) never forgot that day."]
    default: return []
    }
  }

  // MARK: Plots

  private mutating func lostThing() -> [String] {
    let thing = "\(pick(StoryWords.colours)) \(pick(StoryWords.toys).singular)"
    let wrong = random.below(StoryWords.hidingPlaces.count)
    let right = (wrong + 1 + random.below(StoryWords.hidingPlaces.count - 1)) % StoryWords.hidingPlaces.count
    let (sad, glad) = (pick(StoryWords.sad), pick(StoryWords.glad))
    let time = pick(StoryWords.times)
    return [
      "\(time), \(hero.name) could not find \(hero.possessive) \(thing), so \(hero.subject) was \(sad).",
      "\(hero.opening) looked \(StoryWords.hidingPlaces[wrong]), but it was not there.",
      "Then \(friend.name) looked \(StoryWords.hidingPlaces[right]), and there was the \(thing)!",
      "\(hero.name) was \(glad) because \(hero.subject) had \(hero.possessive) \(thing) again.",
    ]
  }

  private mutating func rain() -> [String] {
    let place = pick(StoryWords.places)
    let (relative, isFemale) = pick(StoryWords.relatives)
    let coat = "\(pick(StoryWords.colours)) \(pick(StoryWords.clothes))"
    let time = pick(StoryWords.times)
    return [
      "\(time), \(hero.name) walked to the \(place), and it began to rain.",
      "Because \(hero.subject) had no coat, \(hero.subject) became wet and cold.",
      "\(hero.name) ran home to \(hero.possessive) \(relative).",
      "\(isFemale ? "She" : "He") gave \(hero.object) a warm \(coat).",
      "Soon \(hero.name) was dry again and thanked \(hero.possessive) \(relative) for the \(coat).",
    ]
  }

  private mutating func hunger() -> [String] {
    let (food, place) = (pick(StoryWords.foods), pick(StoryWords.places))
    let number = pick(StoryWords.numbers)
    let glad = pick(StoryWords.glad)
    let one = StoryWords.withArticle(food.singular)
    return [
      "\(hero.name) met \(friend.name) at the \(place) and was very hungry.",
      "\(friend.name) had \(number) \(food.plural) in a bag.",
      "\"May I have \(one), please?\" asked \(hero.name).",
      "\(friend.name) smiled and gave \(hero.object) \(one), so both of them were \(glad).",
    ]
  }

  private mutating func broken() -> [String] {
    let toy = pick(StoryWords.toys)
    let thing = "\(pick(StoryWords.sizes)) \(toy.singular)"
    let time = pick(StoryWords.times)
    let sad = pick(StoryWords.sad)
    let glue = pick(["some glue", "some string", "some tape"])
    return [
      "\(time), \(hero.name) dropped \(StoryWords.withArticle(thing)), and it broke.",
      "It was the \(toy.singular) of \(friend.name), so \(hero.name) was \(sad).",
      "\"I am sorry that I broke your \(toy.singular),\" said \(hero.name).",
      "\(friend.name) was not angry and fetched \(glue).",
      "Together they mended the \(toy.singular), and it was as good as new.",
    ]
  }

  private mutating func trapped() -> [String] {
    let place = pick(StoryWords.places)
    let animal = pick(StoryWords.animals)
    let creature = "\(pick(StoryWords.sizes.filter { $0 != "new" })) \(animal.singular)"
    let (trap, tool) = (pick(StoryWords.traps), pick(StoryWords.tools))
    let time = pick(StoryWords.times)
    return [
      "\(time), \(hero.name) heard a cry at the \(place).",
      "\(StoryWords.withArticle(creature).capitalisedFirst) was stuck \(trap) and could not get out.",
      "\(hero.name) went home and came back with \(tool).",
      "With it \(hero.subject) freed the \(animal.singular).",
      "The \(animal.singular) was so thankful that it followed \(hero.name) all day.",
    ]
  }

  private mutating func flowerSeed() -> [String] {
    let flower = pick(StoryWords.flowers)
    let (colour, number) = (pick(StoryWords.colours), pick(StoryWords.numbers))
    return [
      "\(friend.name) gave \(hero.name) a tiny seed.",
      "\(hero.name) put it into the ground and watered it every day.",
      "After \(number) weeks \(StoryWords.withArticle("\(colour) \(flower.singular)")) grew there.",
      "Because \(hero.name) had cared for it so well, soon there were many \(colour) \(flower.plural).",
      "\(hero.opening) gave the most beautiful \(flower.singular) to \(friend.name).",
    ]
  }

  private mutating func noise() -> [String] {
    let place = pick(StoryWords.hidingPlaces)
    let animal = pick(StoryWords.animals)
    let (relative, isFemale) = pick(StoryWords.relatives)
    let colour = pick(StoryWords.colours)
    return [
      "One night, \(hero.name) heard a strange noise and was afraid.",
      "\(hero.opening) called \(hero.possessive) \(relative), and \(isFemale ? "she" : "he") came with a lamp.",
      "Something moved \(place).",
      "It was only \(StoryWords.withArticle("\(colour) \(animal.singular)")) that was looking for food.",
      "\(hero.name) was not afraid of the \(animal.singular) any more and went back to bed.",
    ]
  }

  private mutating func counting() -> [String] {
    let (animal, place) = (pick(StoryWords.animals), pick(StoryWords.places))
    let start = random.below(StoryWords.numbers.count - 1)
    let time = pick(StoryWords.times)
    let colour = pick(StoryWords.colours)
    return [
      "\(time), \(hero.name) and \(friend.name) saw \(StoryWords.numbers[start]) \(animal.plural) at the \(place).",
      "Then \(StoryWords.withArticle("\(colour) \(animal.singular)")) came, and there were "
        + "\(StoryWords.numbers[start + 1]) \(animal.plural).",
      "The \(animal.plural) were not shy, because the children were quiet.",
      "\(friend.name) liked the \(colour) \(animal.singular) most of all.",
    ]
  }
}

extension String {
  /// With a capital at the beginning.
  fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
