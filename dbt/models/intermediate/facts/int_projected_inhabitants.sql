{{ inhabitants_of(ref("int_projection__row")) }}
