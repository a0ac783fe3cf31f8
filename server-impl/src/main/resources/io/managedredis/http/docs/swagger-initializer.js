window.onload = function () {
  window.ui = SwaggerUIBundle({
    url: "/openapi.yaml",
    dom_id: "#swagger-ui",
    deepLinking: true,
    // A badge would send the contract's address to somebody else's server.
    validatorUrl: "none",
    displayRequestDuration: true,
    displayOperationId: true,
    showExtensions: true,
    defaultModelsExpandDepth: 0,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    plugins: [
      function () {
        // The bar on top would only offer to load another contract.
        return { components: { Topbar: function () { return null; } } };
      },
    ],
    layout: "StandaloneLayout",
  });
};
