/// Multiplies sizes that may be absurd: a product that does not fit 64 bits is `Int.max`, more than any machine has.
func saturatingProduct(_ factors: [Int]) -> Int {
  factors.reduce(1) { product, factor in
    let (next, overflow) = product.multipliedReportingOverflow(by: factor)
    return overflow ? Int.max : next
  }
}

/// Adds sizes that may be absurd: a sum that does not fit 64 bits is `Int.max`.
func saturatingSum(_ numbers: [Int]) -> Int {
  numbers.reduce(0) { total, number in
    let (next, overflow) = total.addingReportingOverflow(number)
    return overflow ? Int.max : next
  }
}
