# A flake for a checkout: copy it to the top of the source folder, then `nix run`.
{
  description = "A debate room in the terminal";

  inputs.nixpkgs.url = "nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "aarch64-darwin" "x86_64-darwin" ];
      each = nixpkgs.lib.genAttrs systems;
    in
    {
      packages = each (system: rec {
        agon = nixpkgs.legacyPackages.${system}.callPackage ./packaging/nix/package.nix { };
        lean = agon.override { embedded = false; };
        default = agon;
      });
    };
}
