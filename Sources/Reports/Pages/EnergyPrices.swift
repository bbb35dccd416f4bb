/// What a kilowatt-hour costs and emits; what is not stated is not computed.
public struct EnergyPrices: Sendable, Equatable {
  /// The price of a kilowatt-hour and its currency.
  public struct Price: Sendable, Equatable {
    /// In `currency`.
    public var perKWh: Double
    /// As it is printed: "EUR".
    public var currency: String

    /// Makes a price.
    public init(perKWh: Double, currency: String) {
      self.perKWh = perKWh
      self.currency = currency
    }
  }

  /// Absent where nobody stated one.
  public var price: Price?
  /// Grams of CO₂ per kilowatt-hour of electricity; absent where nobody stated it.
  public var carbonGPerKWh: Double?

  /// Makes prices.
  public init(price: Price? = nil, carbonGPerKWh: Double? = nil) {
    self.price = price
    self.carbonGPerKWh = carbonGPerKWh
  }

  /// 3.6 MJ.
  static let joulesPerKWh = 3.6e6

  /// "at 0.3 EUR and 400 g CO₂ per kWh"; nil where nothing was stated.
  var text: String? {
    let parts = [
      price.map { "\(Format.machine($0.perKWh)) \($0.currency)" }, carbonGPerKWh.map { "\(Format.machine($0)) g CO₂" },
    ].compactMap(\.self)
    return parts.isEmpty ? nil : "at \(parts.joined(separator: " and ")) per kWh"
  }

  /// How to get what is not on the page.
  var missing: String? {
    switch (price, carbonGPerKWh) {
    case (nil, nil):
      "No cost and no emissions stand here, because no price and no carbon intensity were stated: add "
        + "--price-per-kwh 0.30 --currency EUR and --carbon-g-per-kwh 400, with the numbers of your contract and grid."
    case (nil, _?):
      "No cost stands here, because no price was stated: add --price-per-kwh 0.30 --currency EUR, with your contract's "
        + "numbers."
    case (_?, nil):
      "No emissions stand here, because no carbon intensity was stated: add --carbon-g-per-kwh 400, with your grid's "
        + "number."
    case (_?, _?): nil
    }
  }
}
