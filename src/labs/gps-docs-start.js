window.SwaggerUIBundle({ url: '/openapi.json', dom_id: '#viewer', tryItOutEnabled: true });
