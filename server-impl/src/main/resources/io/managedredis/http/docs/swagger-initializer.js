const dark = matchMedia("(prefers-color-scheme: dark)");

function followColorScheme() {
  document.documentElement.classList.toggle("dark-mode", dark.matches);
}

followColorScheme();
dark.addEventListener("change", followColorScheme);

/** The bar on top would only offer to load another contract. */
function noTopbar() {
  return { components: { Topbar: () => null } };
}

/** Extensions are told apart where operations are listed, not only below their answers. */
function markedExtensions({ React, specSelectors }) {
  const isExtension = (operation) =>
    specSelectors
      .specJson()
      .getIn(["paths", operation.get("path"), operation.get("method"), "x-extension"]);
  return {
    wrapComponents: {
      OperationSummaryPath: (Path) => (props) =>
        React.createElement(
          React.Fragment,
          null,
          React.createElement(Path, props),
          isExtension(props.operationProps) &&
            React.createElement("span", { className: "extension-mark" }, "extension"),
        ),
    },
  };
}

/**
 * "Try it out" starts with the examples of required parameters alone. It would fill in those of
 * all: with one Idempotency-Key for everything, the second change of a visit would start nothing.
 */
function emptyOptionalParameters({ React }) {
  return {
    wrapComponents: {
      parameterRow: (Row) => (props) => {
        const selectors = props.specSelectors;
        const withoutExample = (...of) =>
          selectors.parameterWithMetaByIdentity(...of)?.delete("example");
        return React.createElement(Row, {
          ...props,
          specSelectors: props.rawParam.get("required")
            ? selectors
            : { ...selectors, parameterWithMetaByIdentity: withoutExample },
        });
      },
    },
  };
}

window.onload = () => {
  window.ui = SwaggerUIBundle({
    url: "/openapi.yaml",
    dom_id: "#swagger-ui",
    // An operation can be linked to: /docs/#/Backup/getBackup.
    deepLinking: true,
    // A badge would send the contract's address to somebody else's server.
    validatorUrl: "none",
    // A link to this page must not be able to show another contract in it.
    queryConfigEnabled: false,
    // A token is gone with the page; the browser's storage is no place for it.
    persistAuthorization: false,
    // Reading comes first: what changes something is never one click away.
    tryItOutEnabled: false,
    // How long a call took is part of what one tries out.
    displayRequestDuration: true,
    // The name that the generated clients have for it.
    displayOperationId: true,
    // x-extension tells what is an addition to the vendor's resource.
    showExtensions: true,
    // The limits are part of the contract: lengths, patterns, ranges.
    showCommonExtensions: true,
    // The schemas are there, below the operations, and folded.
    defaultModelsExpandDepth: 0,
    // A schema opens with the objects in it.
    defaultModelExpandDepth: 2,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    plugins: [noTopbar, markedExtensions, emptyOptionalParameters],
    layout: "StandaloneLayout",
  });
};
