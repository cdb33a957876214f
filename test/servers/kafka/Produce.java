import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes records as Kafka's own producer packs them: `Produce.java PORT TOPIC COUNT PACKING...`, so many of each packing. */
public class Produce {
  public static void main(String[] args) throws Exception {
    for (int i = 3; i < args.length; i++) {
      Properties settings = new Properties();
      settings.put("bootstrap.servers", "127.0.0.1:" + args[0]);
      settings.put("compression.type", args[i]);
      settings.put("linger.ms", "50");
      try (KafkaProducer<String, String> producer =
          new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
        for (int n = 0; n < Integer.parseInt(args[2]); n++) {
          String value = "{\"packing\":\"" + args[i] + "\",\"n\":" + n + ",\"path\":\"/some/path/" + n % 10 + "\"}";
          producer.send(new ProducerRecord<>(args[1], value));
        }
      }
    }
  }
}
