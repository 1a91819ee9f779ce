// swift-tools-version:6.1
import PackageDescription

/// Readable differences between big values, for tests only. The second is what lets the first fail a Swift Testing test:
/// without it a difference is printed and the test passes.
let differences: [Target.Dependency] = [
  .product(name: "CustomDump", package: "swift-custom-dump"),
  .product(name: "IssueReportingTestSupport", package: "xctest-dynamic-overlay"),
]

/// For the rooms that compute: optimized in debug builds as well, with all checks on, and the tests reach into them all the same.
/// Without it a run of the tests takes half as long again, most of it in the runtime's search for the types of generic code.
let optimized: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

// One target a room; arrows point down only (see README, "How it is built").
let package = Package(
  name: "furlong",
  products: [
    .executable(name: "furlong", targets: ["furlong"]),
    .executable(name: "furlong-bench", targets: ["furlong-bench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    // Without its own reading of configuration files: ours is handed down from the executable.
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    // What Hummingbird is made of, where its own types are named.
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    // Programs run beside ours: sessions of their own, limits on what they say, and their end.
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    // Its words for a descriptor.
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/pointfreeco/swift-custom-dump", from: "1.7.3"),
    .package(url: "https://github.com/pointfreeco/xctest-dynamic-overlay", from: "1.13.1"),
  ],
  targets: [
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
    .target(name: "CNCurses", linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
    .target(
      name: "CMarkdown", linkerSettings: [.linkedLibrary("cmark-gfm"), .linkedLibrary("cmark-gfm-extensions")]),
    .target(name: "CPseudoTerminal"),
    .target(
      name: "CPriceRecords", exclude: ["prices.json", "overlay.json", "LICENSE-genai-prices", "LICENSE-LiteLLM"]),
    .target(name: "Core", swiftSettings: optimized),
    .target(name: "Ranking", dependencies: ["Core"], swiftSettings: optimized),
    .target(name: "Judging", dependencies: ["Core"], swiftSettings: optimized),
    .target(name: "Providers", dependencies: ["Core"], swiftSettings: optimized),
    .target(name: "Transport", dependencies: ["Core", "CCurl"], swiftSettings: optimized),
    .target(
      name: "Store", dependencies: ["Core", "Judging", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: optimized),
    .target(
      name: "Engine",
      dependencies: [
        "Core", "Ranking", "Judging", "Providers", "Transport", "Store", "CPriceRecords",
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ], swiftSettings: optimized),
    .target(name: "Terminal", dependencies: ["Core", "CNCurses"], swiftSettings: optimized),
    .target(name: "Markdown", dependencies: ["Core", "Terminal", "CMarkdown"], swiftSettings: optimized),
    .target(name: "Workbench", dependencies: ["Core", "Ranking", "Judging", "Engine", "Terminal", "Markdown"]),
    .target(
      name: "Gateway",
      dependencies: [
        "Core", "Providers", "Store", "Engine", .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
        .product(name: "HTTPTypes", package: "swift-http-types"), .product(name: "Logging", package: "swift-log"),
      ]),
    .executableTarget(
      name: "furlong",
      dependencies: [
        "Workbench", "Gateway", "Markdown", "Engine", "Providers", "Transport", "Store", "Terminal", "Ranking",
        "Judging", "Core",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Yams", package: "Yams"), .product(name: "Logging", package: "swift-log"),
      ]),
    .testTarget(name: "TerminalTests", dependencies: ["Terminal", "TestSupport", "CPseudoTerminal"]),
    .testTarget(name: "MarkdownTests", dependencies: ["Markdown", "Terminal", "Core", "TestSupport"]),
    .testTarget(
      name: "WorkbenchTests", dependencies: ["Workbench", "Engine", "Store", "Ranking", "Judging", "TestSupport"]),
    .testTarget(
      name: "GatewayTests",
      dependencies: ["Gateway", "Engine", "Providers", "Transport", "Store", "Core", "TestSupport"] + differences),
    .executableTarget(
      name: "furlong-bench",
      dependencies: ["Workbench", "Terminal", "Engine", "Providers", "Transport", "Store", "Core", "CPseudoTerminal"],
      path: "Bench"),
    .target(
      name: "TestSupport", dependencies: ["Core", "CPseudoTerminal", .product(name: "GRDB", package: "GRDB.swift")],
      path: "Tests/TestSupport"),
    .testTarget(name: "CoreTests", dependencies: ["Core", "TestSupport"] + differences),
    .testTarget(name: "RankingTests", dependencies: ["Ranking", "Core", "TestSupport"]),
    .testTarget(name: "JudgingTests", dependencies: ["Judging", "Core", "TestSupport"] + differences),
    .testTarget(name: "ProvidersTests", dependencies: ["Providers", "Core", "TestSupport"] + differences),
    .testTarget(name: "TransportTests", dependencies: ["Transport", "Core", "TestSupport"] + differences),
    .testTarget(
      name: "StoreTests",
      dependencies: ["Store", "Judging", "Core", "TestSupport", .product(name: "GRDB", package: "GRDB.swift")]
        + differences),
    .testTarget(
      name: "EngineTests",
      dependencies: ["Engine", "Providers", "Transport", "Store", "Judging", "Core", "TestSupport"] + differences),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "furlong", "Engine", "Store", "Providers", "Terminal", "Ranking", "Judging", "Core", "TestSupport",
        "CPseudoTerminal",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
