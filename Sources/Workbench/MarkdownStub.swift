enum MarkdownText { static func codeBlocks(in source: String) -> [(language: String, code: String)] { [] } }
