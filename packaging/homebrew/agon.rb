# A Homebrew formula for a tap. Builds from the source archive of a release.
#
# Where the releases are is for whoever keeps the tap: put it in place of RELEASES, then put the checksum that stands beside the archive in place of SHA256.
class Agon < Formula
  RELEASES = "RELEASES".freeze

  desc "Debate room in the terminal: a language model simulates a panel of experts"
  homepage RELEASES
  url "#{RELEASES}/v0.1.0/agon-0.1.0.crate"
  version "0.1.0"
  sha256 "SHA256"
  license any_of: ["MIT", "Apache-2.0"]

  depends_on "cmake" => :build
  depends_on "llvm" => :build
  depends_on "rust" => :build

  def install
    ENV["LIBCLANG_PATH"] = Formula["llvm"].opt_lib
    features = (OS.mac? && Hardware::CPU.arm?) ? ["--features", "metal"] : []
    system "cargo", "install", *std_cargo_args, *features
    generate_completions_from_executable(bin/"agon", "completions")
    system bin/"agon", "man", "--folder", man1
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/agon --version")
    assert_match "founders", shell_output("#{bin}/agon panels")
  end
end
