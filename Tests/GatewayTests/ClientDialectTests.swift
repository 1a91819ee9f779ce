import Gateway
import Providers
import TestSupport
import Testing

@Suite(.ownThreads) struct ClientDialectTests {
  @Test func everyClientDialectIsOneThatCanBeSpokenUpstream() {
    for dialect in ClientDialect.allCases {
      #expect(Dialects.named(dialect.rawValue) != nil, "\(dialect.rawValue) is a dialect of a provider too")
    }
  }
}
