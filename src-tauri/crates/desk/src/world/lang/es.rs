//! Spanish.

use super::{About, Language, Topic};

pub(super) static ES: Language = Language {
    code: "es",
    weight: 8,
    first: &[
        "Íñigo", "Begoña", "Álvaro", "Lucía", "Joaquín", "Remedios", "Nicolás", "Pilar", "Ximena", "Iván",
        "Marisol", "Andrés", "Candela", "Óscar", "Rocío",
    ],
    last: &[
        "Ibáñez",
        "Muñoz",
        "Fernández",
        "Castaño",
        "Peña",
        "Zúñiga",
        "Herrero",
        "Quiñones",
        "Vázquez",
        "Montalbán",
        "Sáenz",
        "Ordóñez",
        "Ríos",
    ],
    family_first: false,
    cities: &["Madrid", "Sevilla", "Valencia", "Bogotá", "Lima", "Santiago", "Bilbao", "Rosario"],
    products: &[
        "manta de lana",
        "tetera de gres",
        "lámpara de latón",
        "tabla de nogal",
        "sartén de hierro",
        "velas de cera de abeja",
        "taburete plegable",
        "mantequera",
    ],
    money: "{} €",
    decimal: ',',
    hello: &["Hola:", "Buenos días:", "Buenas tardes:", "Estimado equipo:"],
    bye: &["Un saludo", "Muchas gracias", "Atentamente"],
    dear: "Hola, {first}:",
    wrote: "{name} escribió:",
    topics: &[
        Topic {
            about: About::Incident,
            subjects: &[
                "Me cobraron dos veces el pedido {order}",
                "Pago fallido, pero el dinero no está",
                "Pedido {order}: pago pendiente",
            ],
            opens: &[
                "pagué {amount} por el pedido {order}, la página dio un error y el importe sigue retenido en mi tarjeta.",
                "la web dijo que el pago había fallado, lo repetí y ahora tengo dos cargos de {amount}.",
            ],
            details: &["¿Pueden anular uno de los dos?", "¿Está confirmado mi pedido?"],
            answers: &[
                "nuestro proveedor de pagos sufrió una caída y su pago está entre los afectados. Por favor, no pague de nuevo.",
                "vemos un pago y una retención, que caduca sola en tres días laborables.",
            ],
        },
        Topic {
            about: About::Refund,
            subjects: &["Sigo sin el reembolso del pedido {order}", "¿Cuándo me devuelven los {amount}?"],
            opens: &[
                "devolví el artículo hace {days} días y el reembolso de {amount} no ha llegado.",
                "me confirmaron el reembolso de {order}, pero el banco no ve nada.",
            ],
            details: &["Conservo el resguardo del envío.", "¿Me pueden decir la fecha?"],
            answers: &[
                "el reembolso de {amount} ha salido hoy; el banco tarda de dos a cuatro días laborables.",
                "su devolución estaba registrada en otro pedido, ya está corregido.",
            ],
        },
        Topic {
            about: About::Returns,
            subjects: &[
                "Devolución del pedido {order}",
                "Llegó roto: {product}",
                "La etiqueta de devolución no se imprime",
            ],
            opens: &[
                "quisiera devolver un artículo del pedido {order} ({product}), está sin usar.",
                "la caja del pedido {order} venía abierta y el contenido tiene una grieta.",
            ],
            details: &["¿Quién paga los portes?", "Adjunto fotos.", "Prefiero un cambio."],
            answers: &[
                "por supuesto, le adjunto la etiqueta; en correos también la imprimen con el código.",
                "lo sentimos mucho. Mañana sale uno nuevo, no hace falta que devuelva el roto.",
            ],
        },
        Topic {
            about: About::Invoice,
            subjects: &["Factura {invoice}: falta el NIF", "Necesito factura del pedido {order}"],
            opens: &[
                "en la factura {invoice} no aparece nuestro NIF.",
                "necesito la factura del pedido {order} a nombre de la empresa.",
            ],
            details: &["Cerramos el mes el viernes.", "El importe es de {amount}."],
            answers: &[
                "le adjunto la factura corregida, la anterior queda anulada.",
                "aquí la tiene, con los datos de su empresa.",
            ],
        },
        Topic {
            about: About::Account,
            subjects: &[
                "No puedo entrar en mi cuenta",
                "No llega el correo para la contraseña",
                "Acceso a la cuenta del pedido {order}",
            ],
            opens: &[
                "he pedido {n} veces una contraseña nueva y no llega ningún correo.",
                "mi dirección antigua ya no existe. ¿Cómo entro en mi cuenta?",
            ],
            details: &["He mirado en el correo no deseado.", "Mi último pedido fue el {order}."],
            answers: &[
                "su dirección estaba bloqueada por un envío fallido; ya puede intentarlo de nuevo.",
                "lo he cambiado, recibirá un mensaje para confirmarlo.",
            ],
        },
        Topic {
            about: About::Shipping,
            subjects: &[
                "¿Dónde está mi paquete?",
                "El envío {tracking} no se mueve",
                "Entregado, pero no a mí",
            ],
            opens: &[
                "el envío {tracking} lleva {days} días en «reparto».",
                "{carrier} dice que lo entregó, pero aquí nadie lo tiene.",
            ],
            details: &["Estuve en casa todo el día.", "Es un regalo de cumpleaños."],
            answers: &[
                "he abierto una reclamación con {carrier}, contestan en un día laborable.",
                "el segundo bulto salió un día después: {tracking}.",
            ],
        },
    ],
    again: &[
        "¿Hay alguna novedad?",
        "Esta mañana seguía todo igual.",
        "Me viene bien, pero antes del viernes.",
        "pay|El banco dice que el dinero no ha salido de su cuenta.",
        "Por teléfono me dijeron otra cosa.",
        "box|Le adjunto la foto que me pidió.",
    ],
    thanks: &[
        "box|Perfecto, ya llegó todo bien. ¡Gracias!",
        "pay|Ya tengo el dinero, muchas gracias.",
        "web|Ahora funciona, gracias por la rapidez.",
    ],
    later: &[
        "box|lo he pasado al almacén y le escribo antes de las cinco.",
        "box|gracias por la foto, mañana sale el repuesto.",
        "box|he ampliado el plazo de devolución dos semanas.",
    ],
};
