/// The ratings of one tag, shrunk to the overall ones: θ_tag ~ N(θ_overall, τ²). Five votes on “sql” crown nobody.
public struct TagBoard: Equatable, Sendable {
  public let tag: String
  public let votes: Int
  public let fit: BradleyTerry

  /// How far the ratings of a tag lie from the overall ones, as a standard deviation in natural log strength.
  public static let spread = 0.5

  /// - Throws: `BradleyTerry.Failure.noMaximum` when the search does not settle.
  public init(
    tag: String, of table: BallotTable, overall: BradleyTerry, spread: Double = TagBoard.spread
  ) throws(BradleyTerry.Failure) {
    let part = table.filtered { $0.tags.contains(tag) }
    var options = overall.options
    options.prior = .normal(means: overall.ratings, standardDeviation: spread)
    self.tag = tag
    votes = part.votes
    fit = try BradleyTerry(part, options: options)
  }
}
