/// What terminals say by themselves or when they are asked: none of it is a key.
public enum TerminalAnswers {
  /// As terminals send them, asked or not: xterm, kitty, foot, VTE, WezTerm, Ghostty, iTerm2, tmux, screen, the Linux console.
  public static let all: [String] = {
    let (st, bell) = ("\u{1B}\\", "\u{07}")
    let strings = [
      "]10;rgb:dcdc/dfdf/e4e4", "]11;rgb:3030/3434/4646", "]4;1;rgb:cccc/0000/0000", "]12;#rrggbb", "]52;c;Ym91cmU=",
      "]l title", "]L icon", "]99;i=1:p=close;", "]1337;ReportCellSize=17.0;8.0;2.0",
      "]1337;Capabilities=T3LrMScs7UUw9Ts3BFGsSyHNoSx",
      "]66;", "]21;foreground=rgb:ff/ff/ff", "]5522;type=read:status=OK", "P>|xterm(390)", "P>|tmux 3.5a",
      "P>|kitty(0.39.1)",
      "P!|00000000", "P!|7E565445", "P1$r0;1;31m", "P0$r", "P1$r2 q", "P1+r544e=787465726D2D6B69747479", "P0+r524742",
      "P1+r436F=323536", "_Gi=31;OK", "_Gi=1,I=2;ENOENT:no such image", "P1$tA", "P=1s", "P1!uA",
    ]
    let sequences = [
      "[?62;22c", "[?1;2c", "[?6c", "[?64;1;2;6;9;15;16;17;18;21;22;28c", "[>41;354;0c", "[>1;4000;29c", "[>84;0;0c",
      "[=0c",
      "[24;80R", "[1;1R", "[?24;80;1R", "[0n", "[3n", "[?13n", "[?2026;2$y", "[?2004;1$y", "[?1016;0$y", "[4;1$y",
      "[8;50;200t",
      "[4;1000;1600t", "[6;17;8t", "[3;0;0t", "[1t", "[I", "[O", "[?0u", "[?1u", "[?31u", "[?997;1n", "[?997;2n",
      "[>4;2m", "[?1;0;256S",
      "[?2;0;1024;768S", "[?4m", "[2;1;1;112;112;1;0x", "[48;50;200;850;1600t", "[<0;10;5m", "[<35;12;7M", "[M !!",
      "[M#!!",
      "[>1;10;0c", "[?12;2$y", "[57358u", "[57441;2u", "[97;1:3u", "[13;1:3u", "[1;1:3A", "[23~", "[24;5~", "[1;2A",
      "[1;6D",
      "[29~", "[34~", "[?2031;1$y", "[200;1;1t", "[>0q", "[2q", "[>77;30303;0c", "[?64;4c",
    ]
    return strings.flatMap { ["\u{1B}" + $0 + st, "\u{1B}" + $0 + bell] } + sequences.map { "\u{1B}" + $0 }
  }()
}
