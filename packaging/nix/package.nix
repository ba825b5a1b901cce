# A derivation, from a checkout: `nix-build -E 'with import <nixpkgs> { }; callPackage ./packaging/nix/package.nix { }'`.
{
  lib,
  rustPlatform,
  cmake,
  installShellFiles,
  stdenv,
  # The model in the program (llama.cpp).
  embedded ? true,
}:

rustPlatform.buildRustPackage {
  pname = "agon";
  version = "0.1.0";

  src = lib.cleanSource ../..;
  cargoLock.lockFile = ../../Cargo.lock;

  nativeBuildInputs = [ installShellFiles ] ++ lib.optionals embedded [
    cmake
    rustPlatform.bindgenHook
  ];
  dontUseCmakeConfigure = true;

  buildNoDefaultFeatures = true;
  buildFeatures = [ "keyring" ] ++ lib.optional embedded "embedded";

  # The tests use weights, which are fetched from a network that a build doesn't have; these read all that is built in.
  checkPhase = ''
    runHook preCheck
    export HOME=$(mktemp -d)
    agon=$(find target -name agon -type f -perm -u+x | head -1)
    $agon panels check
    $agon formats check
    runHook postCheck
  '';

  postInstall = lib.optionalString (stdenv.buildPlatform.canExecute stdenv.hostPlatform) ''
    $out/bin/agon man --folder man1
    installManPage man1/*.1
    installShellCompletion --cmd agon \
      --bash <($out/bin/agon completions bash) \
      --fish <($out/bin/agon completions fish) \
      --zsh <($out/bin/agon completions zsh)
  '';

  meta = {
    description = "Debate room in the terminal: a language model simulates a panel of experts";
    license = with lib.licenses; [ mit asl20 ];
    mainProgram = "agon";
    platforms = lib.platforms.unix;
  };
}
