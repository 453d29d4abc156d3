"use strict";

// No validator: Swagger UI would send the contract's address to another host.
const place = document.getElementById("contract");
SwaggerUIBundle({
  domNode: place,
  url: place.dataset.address,
  validatorUrl: null,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  requestSnippetsEnabled: true,
});
