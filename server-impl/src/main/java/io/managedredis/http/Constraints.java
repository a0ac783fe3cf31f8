package io.managedredis.http;

import jakarta.validation.Configuration;
import jakarta.validation.Validation;
import jakarta.validation.ValidatorFactory;
import jakarta.validation.constraints.Size;
import org.glassfish.jersey.inject.hk2.AbstractBinder;
import org.hibernate.validator.HibernateValidator;
import org.hibernate.validator.HibernateValidatorConfiguration;
import org.hibernate.validator.cfg.ConstraintMapping;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;

/**
 * How the limits of the contract, which are constraints on the generated interfaces, are checked.
 * Written down here and not in {@code META-INF/validation.xml}: reading that takes an XML parser
 * and a schema, which are a twentieth of the time that a start takes.
 */
final class Constraints {

  private final HibernateValidatorConfiguration configuration;
  private final ValidatorFactory validators;

  /** Makes what Jersey would make by itself from the defaults. */
  Constraints() {
    configuration =
        Validation.byProvider(HibernateValidator.class)
            .configure()
            .ignoreXmlConfiguration()
            // Messages are made by our mapper, so no expression language has to be there.
            .messageInterpolator(new ParameterMessageInterpolator());
    ConstraintMapping mapping = configuration.createConstraintMapping();
    // The contract counts characters, Java counts UTF-16.
    mapping
        .constraintDefinition(Size.class)
        .includeExistingValidators(false)
        .validatedBy(CharacterCount.class);
    validators = configuration.addMapping(mapping).buildValidatorFactory();
  }

  /** For Jersey, which then does not make its own. */
  AbstractBinder binder() {
    return new AbstractBinder() {
      @Override
      protected void configure() {
        bind(configuration).to(Configuration.class).ranked(1);
        bind(validators).to(ValidatorFactory.class).ranked(1);
      }
    };
  }
}
