import ArgumentParser
import Core
import Engine
import Judging
import Store
import Synchronization
import Workbench

struct JudgeCardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "judge-card", abstract: "Try a judge on pairs with a known outcome: what its verdicts are worth.",
    discussion: """
      Runs \(Probes.all.count) pairs in both orders. Without a card a judge's verdicts are shown, but do not enter the ranking.
      """)

  @Argument(
    help: ArgumentHelp("The judge: provider/model. Without one, the cards that are kept.", valueName: "model"),
    completion: Completions.models)
  var judge: String?

  @OptionGroup var spending: SpendingOptions

  @Flag(help: "Show the card that is kept, and run nothing.")
  var kept = false

  @Flag(help: "Print one JSON document.")
  var json = false

  @OptionGroup var database: DatabaseOptions

  func run() throws {
    let setup = try Setup(database: database.database)
    let store = try setup.openStore()
    let engine = setup.makeEngine(store: store)
    let cards: [StoredCard]
    if let judge, !kept {
      cards = [try make(judge, setup, engine)]
    } else {
      do throws(StoreError) { cards = try store.cards().filter { judge == nil || $0.judge == judge } } catch {
        throw CommandError(error.message)
      }
      if cards.isEmpty { throw CommandError("no card is kept: furlong judge-card provider/model makes one") }
    }
    var found: [(StoredCard, JudgeAgreement)] = []
    do throws(StoreError) {
      for card in cards { found.append((card, try engine.agreement(with: card.judge))) }
    } catch {
      throw CommandError(error.message)
    }
    if json {
      Console.output(JSON.array(found.map { CardText.json($0, $1) }).serialized(indented: true))
    } else {
      for (card, agreement) in found { CardText.lines(card, agreement).forEach(Console.output) }
    }
  }

  private func make(_ judge: String, _ setup: Setup, _ engine: Engine) throws -> StoredCard {
    var options = JudgeOptions()
    options.judges = [judge]
    guard let lane = try options.lanes(setup, engine, isRequired: true).first else { throw CommandError("no judge") }
    let wallet = engine.purse.turnWallet(spending.maxCost)
    let allowsUnpriced = spending.allowUnpriced
    let last = Mutex(-1)
    let result = Wait.run { () -> Result<StoredCard?, ResponseError> in
      do throws(ResponseError) {
        return .success(
          try await engine.makeCard(of: lane, wallets: [wallet], allowsUnpriced: allowsUnpriced) { done, total, cost in
            let percent = total == 0 ? 0 : done * 100 / total
            let isNew = last.withLock { last in
              defer { last = percent / 5 }
              return percent / 5 != last
            }
            if isNew { Console.error("\(done) of \(total) calls · \(cost.screenText)") }
          })
      } catch {
        return .failure(error)
      }
    }
    do throws(StoreError) { try engine.store.close() } catch { throw CommandError(error.message) }
    if let signal = result.interruption { throw ExitCode(128 + signal) }
    let card: StoredCard?
    do throws(ResponseError) { card = try result.value.get() } catch {
      throw CommandError("no card is kept, since it would be half a one: \(error.message)")
    }
    guard let card else { throw ExitCode(1) }
    return card
  }
}
