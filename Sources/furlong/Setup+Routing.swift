import Core
import Engine
import Store

extension Setup {
  /// A router by the config's routes that knows what the stored calls have shown.
  func makeRouter(store: Store) throws(CommandError) -> Router {
    let router = Router(
      routes: config.routes, services: config.services, prices: prices, hasKey: { keyFinder.hasKey($0) },
      clock: store.clock)
    do throws(StoreError) { router.seed(with: try store.routeObservations()) } catch {
      throw CommandError(error.message)
    }
    return router
  }
}
